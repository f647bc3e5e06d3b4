import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { build } from 'esbuild'
import type { Client, ClientOptions } from '../client/client'

const resolveDir = fileURLToPath(new URL('.', import.meta.url))

/** A program as one script, with what it imports. */
export async function bundle(program: string, format: 'iife' | 'esm' = 'iife'): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    format,
    platform: format === 'esm' ? 'node' : 'browser',
    target: 'es2022',
    globalName: 'rekindle',
  })
  return outputFiles[0]?.text ?? ''
}

declare global {
  var client: Client
}

let clientScript: Promise<string> | undefined

/** Opens a page of the server that renders no session, with a client in it: `client` in whatever is evaluated there. */
export async function openClientPage(page: Page, options: ClientOptions = {}): Promise<void> {
  clientScript ??= bundle("export { createClient } from '../client/client'")
  await page.goto('/sign-up')
  // Evaluated from outside: the policy of the page lets in no script without its nonce.
  const made = `globalThis.client = rekindle.createClient(${JSON.stringify(options)})`
  await page.evaluate(`${await clientScript};${made};0`)
}
