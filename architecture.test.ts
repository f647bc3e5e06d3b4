import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { gateFile } from './scripts/support/gate-file.mjs'

interface Rule {
  /** The rooms that a file here may import, besides its own. */
  readonly rooms: readonly string[]
  /** The packages that it may import; `node:` stands for the modules of Node.js. */
  readonly packages: readonly string[]
}

/**
 * What each room may import. A key is a folder or a file; the longest key that matches a file counts. The rooms are listed from
 * bottom to top: a room imports only rooms above it in this list. Besides tests and benches, two scripts import `testing`.
 */
const RULES: Readonly<Record<string, Rule>> = {
  // The rules of a session, HTTP, wire formats and configuration. They use no framework, no database and no process.
  session: { rooms: [], packages: ['jose'] },
  http: { rooms: ['session'], packages: [] },
  contracts: { rooms: ['http', 'session'], packages: ['zod'] },
  config: { rooms: ['contracts', 'session'], packages: ['zod'] },
  'config/edge.ts': { rooms: ['session'], packages: [] },
  // They run when a build starts.
  'config/next-config.ts': { rooms: [], packages: ['next'] },
  'config/public-files.ts': { rooms: [], packages: ['node:'] },

  // The SDK runs on the other side of the wire, so it imports no other room.
  client: { rooms: [], packages: [] },
  'client/react.ts': { rooms: [], packages: ['react'] },

  // Rows: two database engines behind one port.
  db: {
    rooms: ['session'],
    packages: [
      'node:',
      'drizzle-orm',
      'drizzle-kit',
      'better-sqlite3',
      'pg',
      'rate-limiter-flexible',
      '@opentelemetry/api',
    ],
  },

  // Middleware runs on the Edge: it calls the refresh route, and never the database.
  edge: { rooms: ['config', 'http', 'session'], packages: ['jose', 'next'] },
  'middleware.ts': { rooms: ['edge'], packages: [] },

  // `server/composition.ts` puts the server together from the rooms above.
  server: {
    rooms: ['config', 'contracts', 'db', 'http', 'session'],
    packages: [
      'node:',
      'server-only',
      'next',
      'react',
      'zod',
      'pino',
      'prom-client',
      'bowser',
      'ipaddr.js',
      'jose',
      'rate-limiter-flexible',
      '@hono/node-server',
      '@node-rs/argon2',
      '@opentelemetry/api',
      '@opentelemetry/context-async-hooks',
      '@opentelemetry/core',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/exporter-trace-otlp-proto',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace',
    ],
  },
  // The gate where it runs in the server's process, as proxy.ts: the only file of the server that knows the gate.
  'server/gate': { rooms: ['contracts', 'edge', 'http'], packages: ['server-only'] },
  // It takes the place of middleware.ts if the gate runs there (scripts/gate.mjs).
  'proxy.ts': { rooms: ['server'], packages: [] },
  'instrumentation.ts': { rooms: ['server'], packages: [] },

  // The package of Playwright fixtures runs beside other apps, so it imports nothing of this one.
  'testing/kit': { rooms: [], packages: ['node:', '@playwright/test'] },

  // Routes and screens call the server.
  app: {
    // `docs/pictures/` has the picture that the home page shows as well.
    rooms: ['client', 'contracts', 'docs', 'http', 'server', 'session'],
    packages: ['next', 'react', 'react-dom', 'zod'],
  },

  // Commands for a shell.
  scripts: {
    rooms: ['config', 'contracts', 'db', 'server', 'session'],
    packages: ['node:', '@next/env', '@playwright/test', 'zod'],
  },
  // They test an app and the image, and take a free port as tests do.
  'scripts/adopting-check.mjs': { rooms: ['testing'], packages: ['node:'] },
  'scripts/adopting': { rooms: [], packages: ['node:', 'better-sqlite3'] },
  'scripts/container-check.mjs': { rooms: ['testing'], packages: ['node:'] },
  // It serves routes without Next.js.
  'scripts/contracts-server': {
    rooms: ['app', 'config', 'server'],
    packages: ['node:', '@next/env', 'esbuild', 'prom-client', 'zod'],
  },
  'next.config.ts': { rooms: ['config'], packages: [] },
}

const KIT = 'testing/kit'

/** Tests, the browser suite, benches and what they are made of. They may import anything. */
const NOT_PRODUCT =
  /\.(test|suite|spec)\.tsx?$|^(testing\/(?!kit\/)|e2e\/|bench\/)|^(vitest|playwright)\.config\.ts$/

describe('imports', () => {
  it('go in the directions of the table, and to the packages that it names', () => {
    const sources = sourceFiles()
    expect(sources.length).toBeGreaterThan(200)
    expect(sources.flatMap((file) => findWrong(file, readFileSync(file, 'utf8')))).toEqual([])
  })

  it('have a rule in every room, and each rule has its room', () => {
    const sources = sourceFiles()
    expect(sources.filter((file) => ruleOf(file) === null)).toEqual([])
    const keys = Object.keys(RULES)
    const otherGate = gateFile() === 'proxy.ts' ? 'middleware.ts' : 'proxy.ts'
    expect(keys.filter((key) => !sources.some((file) => isWithin(file, key)))).toEqual([otherGate])
  })

  it('go up in the table of docs/architecture.md, which has every room', () => {
    const table = readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| (`.*?) \|/gm)
    const listed = [...table].flatMap(([, cell = '']) => cell.match(/(?<=`)\w+(?=\/`)/g) ?? [])
    const rooms = Object.keys(RULES).filter((key) => !/[./]/.test(key))
    expect(listed).toEqual(expect.arrayContaining(rooms))
    for (const room of rooms) {
      const above = listed.slice(0, listed.indexOf(room))
      expect(above, room).toEqual(expect.arrayContaining([...(RULES[room]?.rooms ?? [])]))
    }
  })

  it('leave the store and the clock to three files of session/', () => {
    const acting = sourceFiles()
      .filter((file) => /^session\/[\w-]+\.ts$/.test(file))
      .filter((file) => /\b(store\.\w+|clock)\(/.test(readFileSync(file, 'utf8')))
    expect(acting).toEqual(['session/engine.ts', 'session/refresh.ts', 'session/start.ts'])
  })

  it('of `testing` belong to tests, benches and the scripts that docs/architecture.md names', () => {
    const scripts = Object.keys(RULES).filter((key) => RULES[key]?.rooms.includes('testing'))
    const text = readFileSync('docs/architecture.md', 'utf8')
    const sentence =
      /Only tests, benches[^.]*?(?:\.mjs[^.]*?)+import `testing\/`/.exec(text)?.[0] ?? ''
    expect(sentence.match(/scripts\/[\w-]+\.mjs/g)).toEqual(scripts)
  })

  it.each<[file: string, source: string, wrong: string | null]>([
    ['session/rotation.ts', "import { openDatabase } from '@/db/open'", '@/db/open'],
    ['session/rotation.ts', "import type { Database } from '../db/database'", '../db/database'],
    ['session/rotation.ts', "export { x } from '@/testing/growth'", '@/testing/growth'],
    ['session/rotation.ts', "const x = await import('node:fs')", 'node:fs'],
    ['session/rotation.ts', "import fs from 'fs'", 'fs'],
    ['session/rotation.ts', "import x from 'jose/errors'", null],
    ['session/keys/keyring.ts', "import x from '../rotation'", null],
    ['config/edge.ts', "import { z } from 'zod'", 'zod'],
    ['config/schema.ts', "import { z } from 'zod'", null],
    ['client/client.ts', "import { useState } from 'react'", 'react'],
    ['client/react.ts', "import { useState } from 'react'", null],
    ['app/page.tsx', "import { gate } from '@/edge/gate'", '@/edge/gate'],
    ['testing/kit/kit.ts', "import { findFreePort } from '../free-port.mjs'", '../free-port.mjs'],
    ['testing/kit/kit.ts', "import type { Grant } from '@/session/grant'", '@/session/grant'],
    ['testing/kit/kit.ts', "import { parseTime } from './time'", null],
    ['middleware.ts', "import { services } from './server/composition'", './server/composition'],
    ['proxy.ts', "export { proxy } from '@/server/gate/proxy'", null],
    ['proxy.ts', "import { openDatabase } from '@/db/open'", '@/db/open'],
    ['edge/context.ts', "import { services } from '@/server/composition'", '@/server/composition'],
    ['server/gate/proxy.ts', "import { createMiddleware } from '@/edge/create-middleware'", null],
    ['server/gate/proxy.ts', "import { openDatabase } from '@/db/open'", '@/db/open'],
    ['server/http/route.ts', "import { gate } from '@/edge/gate'", '@/edge/gate'],
  ])('in %s: %s', (file, source, wrong) => {
    expect(findWrong(file, source)).toEqual(wrong === null ? [] : [`${file} imports ${wrong}`])
  })
})

/** Lists the files of the product that git tracks or would track. */
function sourceFiles(): string[] {
  return execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--deduplicate'], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => /\.(tsx?|mts|mjs)$/.test(file) && !NOT_PRODUCT.test(file))
    .filter((file) => existsSync(file))
    .filter((file) => ruleOf(file) !== null || file.includes('/'))
}

/** Lists the imports of the file that break its rule, each as "<file> imports <specifier>". */
function findWrong(file: string, source: string): string[] {
  const rule = ruleOf(file)
  if (rule === null) return [`${file} has no rule`]
  return importsOf(file, source)
    .filter((specifier) => !isAllowed(file, specifier, rule))
    .map((specifier) => `${file} imports ${specifier}`)
}

function importsOf(file: string, source: string): string[] {
  const { staticImports, staticExports, dynamicImports } = parseSync(file, source).module
  return [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    // A dynamic import can be checked only if its specifier is a literal.
    ...dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
      const literal = /^['"](.*)['"]$/.exec(source.slice(start, end))
      return literal?.[1] ?? []
    }),
  ]
}

function isAllowed(file: string, specifier: string, { rooms, packages }: Rule): boolean {
  const path = pathOf(file, specifier)
  if (path !== null) {
    const room = roomOf(path)
    return room === roomOf(file) || rooms.includes(room)
  }
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
    return packages.includes('node:') && specifier.startsWith('node:')
  }
  return packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))
}

/** Returns the path of the imported file, from the root; null for a package. */
function pathOf(file: string, specifier: string): string | null {
  if (specifier.startsWith('@/')) return specifier.slice(2)
  return specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : null
}

/** Returns the top folder; `testing/kit` is a room of its own. */
function roomOf(path: string): string {
  return isWithin(path, KIT) ? KIT : (path.split('/', 1)[0] ?? '')
}

function ruleOf(file: string): Rule | null {
  const [key] = Object.keys(RULES)
    .filter((key) => isWithin(file, key))
    .sort((a, b) => b.length - a.length)
  return key === undefined ? null : (RULES[key] ?? null)
}

function isWithin(file: string, key: string): boolean {
  return file === key || file.startsWith(`${key}/`)
}
