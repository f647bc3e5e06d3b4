import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const FLOOD = fileURLToPath(new URL('./flood.mjs', import.meta.url))
const SLOW_LORIS = fileURLToPath(new URL('./slow-loris.mjs', import.meta.url))
const SIEGE = fileURLToPath(new URL('./siege.mjs', import.meta.url))

export interface FloodOptions {
  readonly port: number
  readonly perSecond: number
  readonly seconds: number
  readonly connections: number
  /** How many requests must be answered before the flood ends. */
  readonly atLeast?: number
  /** The source address. All of 127.0.0.0/8 is this machine. */
  readonly address: string
  readonly requests: readonly string[]
}

export interface FloodReport {
  /** Answered requests per second. */
  readonly perSecond: number
  readonly statuses: Readonly<Record<string, number>>
}

/** Sends requests at the given rate, or as fast as one process can. Resolves when the flood is over. */
export async function flood(options: FloodOptions): Promise<FloodReport> {
  const child = spawn(process.execPath, [FLOOD, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const endWithUs = () => void child.kill('SIGKILL')
  process.once('exit', endWithUs)
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  await once(child, 'close')
  process.off('exit', endWithUs)
  return JSON.parse(output)
}

export interface SlowLorisOptions {
  /** Ports and request beginnings, used in turn. */
  readonly targets: readonly { readonly port: number; readonly beginning: string }[]
  readonly connections: number
  readonly address: string
}

/** Opens connections whose requests never end. Returns a function that ends it and resolves with how many were still open. */
export async function openSlowLoris(options: SlowLorisOptions): Promise<() => Promise<number>> {
  const child = spawn(process.execPath, [SLOW_LORIS, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)
  await once(lines, 'line')
  return async () => {
    const line = once(lines, 'line')
    child.stdin.end()
    return Number((await line)[0])
  }
}

/** Forges a token from a real one as a stranger can: with another subject and session, and an invalid signature. */
export function garbageOf(token: string): string {
  const [head = '', body = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  const forged = { ...claims, sid: 'x'.repeat(22), sub: 'y'.repeat(22) }
  return `${head}.${Buffer.from(JSON.stringify(forged)).toString('base64url')}.${'A'.repeat(43)}`
}

/** HTTP/1.1 requests with forged tokens in every place that can carry one. */
export function garbageRequests(jar: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(jar).map(([name, token]) => [name, garbageOf(token)] as const)
  const cookie = entries.map(([name, token]) => `${name}=${token}`).join('; ')
  const find = (role: string) => entries.find(([name]) => name.endsWith(role))?.[1] ?? ''
  const form = `grant_type=refresh_token&refresh_token=${find('refresh_token')}`
  const post = (path: string, headers: string, body = '') =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const get = (path: string, headers: string) =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n`
  return [
    post('/api/auth/refresh', `Cookie: ${cookie}`),
    post('/oauth/token', 'Content-Type: application/x-www-form-urlencoded', form),
    post('/refresh', `Authorization: Bearer ${find('refresh_token')}`),
    get('/api/refresh/refreshtoken', `Cookie: RefreshToken=${find('refresh_token')}`),
    get('/api/me', `Cookie: ${cookie}`),
    get('/api/me', `Authorization: Bearer ${find('access_token')}`),
    get('/protected', `Authorization: Bearer ${find('access_token')}`),
  ]
}

export interface SiegeOptions {
  readonly port: number
  readonly address: string
  /** How many posts never end. */
  readonly posts: number
  /** How many upgrades ask for a protocol that the server does not speak. */
  readonly upgrades: number
  /** How many connections request a page again and again, with `cookie`. */
  readonly loops: number
  readonly cookie: string
}

/**
 * Holds endless posts, upgrades and loops of requests open. Resolves when all connections are open and every upgrade is
 * answered, with a function that ends it and resolves with the number of responses of each kind.
 */
export async function besiege(options: SiegeOptions) {
  const child = spawn(process.execPath, [SIEGE, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)
  await once(lines, 'line')
  return async (): Promise<Readonly<Record<'posts' | 'upgrades' | 'loops', number>>> => {
    const line = once(lines, 'line')
    child.stdin.end()
    return JSON.parse((await line)[0])
  }
}
