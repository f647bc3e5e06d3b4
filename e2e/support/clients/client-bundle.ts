import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { build } from 'esbuild'
import type { Client, ClientOptions } from '@/client/client'

const resolveDir = fileURLToPath(new URL('../..', import.meta.url))

const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

/** A program as one script, with what it imports; `instead` are modules by name, as they would be on another platform. */
export async function bundle(
  program: string,
  format: 'iife' | 'esm' = 'iife',
  instead: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    format,
    platform: format === 'esm' ? 'node' : 'browser',
    target: 'es2022',
    globalName: 'rekindle',
    alias: { 'rekindle-client': `${resolveDir}../client` },
    plugins: [
      {
        name: 'instead',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /./ }, ({ path }) =>
            path in instead ? { path, namespace: 'instead' } : null,
          )
          onLoad({ filter: /./, namespace: 'instead' }, ({ path }) => ({
            contents: instead[path] ?? '',
            resolveDir,
          }))
          onResolve({ filter: /^rekindle-client$/ }, () => ({
            path: `${resolveDir}../client/client.ts`,
          }))
        },
      },
    ],
    // What was written for CommonJS, and ends up in an ES module, asks for its parts as it always did.
    ...(format === 'esm' && { banner: { js: REQUIRE } }),
  })
  return outputFiles[0]?.text ?? ''
}

declare global {
  var client: Client
}

let clientScript: Promise<string> | undefined

/** Opens a page of the server that renders no session, with a client in it: `client` in whatever is evaluated there. */
export async function openClientPage(
  page: Page,
  options: ClientOptions = {},
  origin = '',
): Promise<void> {
  clientScript ??= bundle("export { createClient } from '@/client/client'")
  await page.goto(`${origin}/sign-up`)
  // Evaluated from outside: the policy of the page lets in no script without its nonce.
  const made = `globalThis.client = rekindle.createClient(${JSON.stringify(options)})`
  await page.evaluate(`${await clientScript};${made};0`)
}
