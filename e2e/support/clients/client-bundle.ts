import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { build } from 'esbuild'
import type { Client, ClientOptions } from '@/client/client'

const resolveDir = fileURLToPath(new URL('../..', import.meta.url))

const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

/** Bundles a program and its imports into one script. `instead` replaces modules by name, as on another platform. */
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
    // CommonJS packages in the ES module bundle still call `require`.
    ...(format === 'esm' && { banner: { js: REQUIRE } }),
  })
  return outputFiles[0]?.text ?? ''
}

declare global {
  var client: Client
}

let clientScript: Promise<string> | undefined

/** Opens a page that renders no session and creates a client in it, available as `client` to `page.evaluate`. */
export async function openClientPage(
  page: Page,
  options: ClientOptions = {},
  origin = '',
): Promise<void> {
  clientScript ??= bundle("export { createClient } from '@/client/client'")
  await page.goto(`${origin}/sign-up`)
  // Evaluated by the debugger: the page's content security policy allows no script without its nonce.
  const made = `globalThis.client = rekindle.createClient(${JSON.stringify(options)})`
  await page.evaluate(`${await clientScript};${made};0`)
}
