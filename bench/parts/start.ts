import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build as bundle } from 'esbuild'
import { buildPeer, installPeers } from '../builds'
import type { BenchContext } from '../context'
import { makeJars, pageWithAccess } from '../jars'
import { fetchOnce, runLoad } from '../load'
import { contractsServer, rekindleServers } from '../rekindle'
import { type BenchServer, startNext } from '../server'
import { spread } from '../statistics'

const MIB = 2 ** 20

/** Cold start and memory of each server, and the size of what is sent to the edge and to browsers. */
export async function measureStart(context: BenchContext): Promise<void> {
  const { options, report } = context
  const times = options.quick ? 2 : 7
  installPeers()
  const starts: Record<string, () => Promise<BenchServer>> = {
    'a bare Next app': () =>
      startNext(buildPeer('bare'), {}, { ready: '/bench', packages: '../..' }),
    'Rekindle in Next': async () => {
      const [started] = await rekindleServers(context, ['sqlite'])
      if (!started) throw new Error('no server was started')
      return started.server
    },
    'Rekindle without Next': async () => (await contractsServer(context, 'sqlite')).server,
  }
  for (const [name, start] of Object.entries(starts)) {
    const [took, memory]: [number[], number[]] = [[], []]
    for (let n = 0; n < times; n++) {
      const server = await start()
      took.push(server.startMs)
      memory.push(server.residentBytes() / MIB)
      await server.stop()
    }
    report.value(name, 'from its start to its first answer', 'ms', spread(took))
    report.value(name, 'resident memory at its first answer', 'MiB', spread(memory))
  }
  await reportMemory(context)
  reportEdge(context)
  await reportScripts(context)
}

async function reportMemory(context: BenchContext): Promise<void> {
  const [started] = await rekindleServers(context, ['sqlite'])
  if (!started) throw new Error('no server was started')
  const { server, env } = started
  try {
    const requests = context.options.quick ? 500 : 20_000
    const next = pageWithAccess(await makeJars(1000, env), '/bench')
    await runLoad(server.port, requests, next)
    const name = `resident memory after ${requests} pages`
    context.report.value('Rekindle in Next', name, 'MiB', server.residentBytes() / MIB)
    const html = await fetchOnce(server.port, next(0))
    reportPageScripts(context, html)
  } finally {
    await server.stop()
  }
}

/** The scripts that the page asks for, of Next.js and React. Rekindle adds none to a page that does not use its client. */
function reportPageScripts({ build, report }: BenchContext, html: string): void {
  const paths = [...html.matchAll(/<script[^>]* src="\/_next\/([^"?]+)/g)].map(
    ([, path = '']) => path,
  )
  const files = paths.map((path) => readFileSync(join(build('product'), '.next', path)))
  const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0)
  report.value('the page', `its ${files.length} scripts, gzipped`, 'bytes', bytes)
}

function reportEdge({ build, report }: BenchContext): void {
  for (const [name, folder] of [
    ['Rekindle', build('product')],
    ['middleware that does nothing', buildPeer('idle-middleware')],
  ] as const) {
    const manifest = readFileSync(join(folder, '.next/server/middleware-manifest.json'), 'utf8')
    const { files } = JSON.parse(manifest).middleware['/'] as { files: string[] }
    const code = Buffer.concat(files.map((file) => readFileSync(join(folder, '.next', file))))
    report.value(`the edge bundle of ${name}`, 'size', 'bytes', code.length)
    report.value(`the edge bundle of ${name}`, 'gzipped', 'bytes', gzipSync(code).length)
  }
}

async function reportScripts({ report }: BenchContext): Promise<void> {
  const { outputFiles } = await bundle({
    stdin: { contents: "export { createClient } from './client/client'", resolveDir: resolve('.') },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  })
  const code = outputFiles[0]?.contents ?? new Uint8Array()
  report.value("Rekindle's client", 'minified', 'bytes', code.length)
  report.value("Rekindle's client", 'gzipped', 'bytes', gzipSync(code, { level: 9 }).length)
  report.value("Rekindle's client", 'brotli', 'bytes', brotliCompressSync(code).length)
}
