import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { makeBuilds } from './builds'
import { makeJars, pageWithAccess, rotating } from './jars'
import { APP_ORIGIN, type LoadRequest, runLoad } from './load'
import { startServer } from './server'

// Compares the speed of variants, measured in turn in one run. The bounds are ratios, because machines differ and are noisy.
const QUICK = process.argv.includes('--quick')
const WARM_UP = QUICK ? 500 : 5000
const ROUNDS = QUICK ? 3 : 7
const PER_ROUND = QUICK ? 500 : 2000
const SESSIONS = 1000
const PAGE = '/dashboard'

const folder = mkdtempSync(join(tmpdir(), 'rekindle-bench-'))
const file = join(folder, 'bench.db')
const env = {
  APP_ORIGIN,
  DATABASE_URL: `file:${file}`,
  ACCESS_TOKEN_SECRET: 'bench-access-token-secret-32-characters',
  REFRESH_TOKEN_SECRET: 'bench-refresh-token-secret-32-characters',
  ACCESS_TOKEN_TTL: '12h',
  // With no grace every refresh of a current token rotates.
  REFRESH_GRACE: '0',
}
Object.assign(process.env, env)

const builds = makeBuilds()
const product = await startServer(builds.product, env)
const idle = await startServer(builds.idle, env)
const inProcess = await startServer(builds.inProcess, env)
try {
  await measure()
} finally {
  await Promise.all([product, idle, inProcess].map((server) => server.stop()))
  rmSync(folder, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  const jars = await makeJars(SESSIONS)
  const page = pageWithAccess(jars, PAGE)
  const refresh = rotating(jars, 'POST', '/api/auth/refresh')
  const constant = (): LoadRequest => ({ method: 'POST', path: '/api/auth/constant', cookie: '' })
  const refreshingPage = rotating(jars, 'GET', PAGE)

  const variants = {
    'page, gated': { server: product, next: page },
    'page, idle middleware': { server: idle, next: page },
    'refresh route': { server: product, next: refresh },
    'constant route': { server: product, next: constant },
    'page, refreshed on the way': { server: product, next: refreshingPage },
    'page, gated in process': { server: inProcess, next: page },
    'page, refreshed in process': { server: inProcess, next: refreshingPage },
  }
  const results = new Map<string, { rate: number[]; cpu: number[] }>()

  for (const { server, next } of Object.values(variants)) await runLoad(server.port, WARM_UP, next)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, { server, next }] of Object.entries(variants)) {
      const [rotations, cpu] = [rotationsIn(file), server.cpuSeconds()]
      const rate = await runLoad(server.port, PER_ROUND, next)
      const result = results.get(name) ?? { rate: [], cpu: [] }
      result.rate.push(rate)
      result.cpu.push(((server.cpuSeconds() - cpu) / PER_ROUND) * 1000)
      results.set(name, result)
      const rotates = next === refresh || next === refreshingPage
      const expected = rotates ? PER_ROUND : 0
      if (rotationsIn(file) - rotations !== expected) {
        throw new Error(`${name}: ${rotationsIn(file) - rotations} rotations, not ${expected}`)
      }
    }
  }

  for (const [name, { rate, cpu }] of results) {
    console.log(
      `${name.padEnd(28)} ${median(rate).toFixed(0).padStart(6)} requests/s  ${median(cpu).toFixed(2)} ms CPU`,
    )
  }
  const rate = (name: keyof typeof variants) => results.get(name)?.rate ?? []
  const cpu = (name: keyof typeof variants) => results.get(name)?.cpu ?? []
  hold('page, gated / idle', ratio(rate('page, gated'), rate('page, idle middleware')), '>=', 0.85)
  hold('refresh / constant', ratio(rate('refresh route'), rate('constant route')), '>=', 0.55)
  hold(
    'CPU, refreshed / not',
    ratio(cpu('page, refreshed on the way'), cpu('page, gated')),
    '<=',
    2.2,
  )
  hold(
    'CPU, refreshed / not, in process',
    ratio(cpu('page, refreshed in process'), cpu('page, gated in process')),
    '<=',
    1.2,
  )
  console.log(`WAL: ${(statSync(`${file}-wal`).size / 2 ** 20).toFixed(1)} MiB`)
}

/** The median of each round's ratio. Whatever slowed a round slowed both of its sides. */
function ratio(one: readonly number[], other: readonly number[]): number {
  return median(one.map((value, round) => value / (other[round] ?? Number.NaN)))
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function rotationsIn(path: string): number {
  const database = new Sqlite(path, { readonly: true })
  try {
    return database.prepare('SELECT sum(generation) FROM sessions').pluck().get() as number
  } finally {
    database.close()
  }
}

function hold(name: string, value: number, relation: '>=' | '<=', bound: number): void {
  const holds = relation === '>=' ? value >= bound : value <= bound
  console.log(
    `${name.padEnd(28)} ${value.toFixed(2)} (${relation} ${bound}) ${holds ? 'holds' : 'FAILS'}`,
  )
  if (!holds) process.exitCode = 1
}
