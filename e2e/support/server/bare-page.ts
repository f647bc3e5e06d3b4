import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { findFreePort } from '@/testing/free-port.mjs'
import { type AppProcess, appProcess } from './process'

/** A Next.js app of one page that holds a heading and nothing else, of the versions in this app's node_modules. */
const FILES = {
  'package.json': '{ "private": true, "type": "module" }',
  // The packages are linked from outside of this folder, so the root is what both are within.
  'next.config.mjs': "export default { turbopack: { root: '/' }, outputFileTracingRoot: '/' }",
  'app/layout.jsx':
    'export default ({ children }) => <html lang="en"><body>{children}</body></html>',
  'app/page.jsx': 'export default () => <h1>Hello</h1>',
}

export interface BarePage {
  readonly origin: string
  /** Ends its server and removes it. */
  stop(): Promise<void>
}

/** Builds the bare page in a temporary folder and serves it: what any page of this version of Next.js costs at the least. */
export async function startBarePage(): Promise<BarePage> {
  const folder = await mkdtemp(join(tmpdir(), 'rekindle-bare-'))
  let server: AppProcess | undefined
  const stop = async () => {
    await server?.kill()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await mkdir(join(folder, 'app'))
    await Promise.all(
      Object.entries(FILES).map(([path, text]) => writeFile(join(folder, path), text)),
    )
    await symlink(resolve('node_modules'), join(folder, 'node_modules'))
    const next = resolve('node_modules/next/dist/bin/next')
    const env = { ...process.env, NODE_ENV: 'production' as const, NEXT_TELEMETRY_DISABLED: '1' }
    await promisify(execFile)(process.execPath, [next, 'build', folder], { cwd: folder, env })
    const port = await findFreePort()
    server = appProcess(port, {}, { folder, readyPath: '/' })
    await server.start()
    return { origin: `http://127.0.0.1:${port}`, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
