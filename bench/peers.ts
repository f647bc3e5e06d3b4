import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { buildPeer, PEERS } from './builds'
import { pageWith } from './jars'
import { APP_ORIGIN } from './load'
import type { Variant } from './rounds'
import { type BenchServer, startNext, startServer } from './server'

/** A library that keeps sessions of a Next.js app, and serves the common page to signed-in users. */
export interface PagePeer {
  readonly name: string
  /** The folder of its app. */
  readonly app: string
  readonly env?: Readonly<Record<string, string>>
  /** The program that makes cookies of signed-in users. */
  readonly jars: string
}

const SECRET = 'bench-secret-of-the-peers-32-characters-long'

export const PAGE_PEERS: readonly PagePeer[] = [
  {
    name: 'better-auth, cookie cache',
    app: 'better-auth',
    env: { COOKIE_CACHE: '1' },
    jars: 'better-auth',
  },
  { name: 'better-auth', app: 'better-auth', jars: 'better-auth' },
  { name: 'Auth.js', app: 'auth-js', env: { AUTH_SECRET: SECRET }, jars: 'auth-js' },
  {
    name: 'iron-session',
    app: 'iron-session',
    env: { IRON_PASSWORD: SECRET },
    jars: 'iron-session',
  },
  {
    name: 'AuthKit',
    app: 'authkit',
    env: {
      WORKOS_API_KEY: 'sk_bench',
      WORKOS_CLIENT_ID: 'client_bench',
      WORKOS_COOKIE_PASSWORD: SECRET,
      WORKOS_API_HOSTNAME: '127.0.0.1',
      WORKOS_API_HTTPS: 'false',
      NEXT_PUBLIC_WORKOS_REDIRECT_URI: `${APP_ORIGIN}/callback`,
    },
    jars: 'authkit',
  },
  {
    name: 'Auth0',
    app: 'auth0',
    env: {
      AUTH0_CLIENT_ID: 'bench',
      AUTH0_CLIENT_SECRET: 'bench-client-secret',
      AUTH0_SECRET: `${'5ec2e7'.repeat(10)}beef`,
      APP_BASE_URL: APP_ORIGIN,
    },
    jars: 'auth0',
  },
]

/** Starts the stand-in of the clouds that some peers ask. It signs with the key in this file. */
export function startCloud(keyFile: string): Promise<BenchServer> {
  return startServer({
    args: () => ['stand-ins/cloud.mjs'],
    cwd: PEERS,
    env: { KEY_FILE: keyFile },
    ready: '/ready',
  })
}

/** Builds and starts the app of a peer, and signs `sessions` users in. */
export async function startPeer(
  { name, app, env = {}, jars }: PagePeer,
  { sessions, folder, cloud }: { sessions: number; folder: string; cloud: BenchServer },
): Promise<Variant & { server: BenchServer }> {
  const all = {
    ...env,
    DATABASE_FILE: join(folder, `${name.replaceAll(/\W+/g, '-')}.db`),
    KEY_FILE: join(folder, 'key.json'),
    WORKOS_API_PORT: String(cloud.port),
    // It refuses a port. A page with a good session asks it nothing.
    AUTH0_DOMAIN: 'auth0.bench.example',
    LOG_LEVEL: 'error',
  }
  const built = buildPeer(app)
  const cookies = run<string[]>([`jars/${jars}.mjs`, String(sessions)], all)
  const server = await startNext(built, all, { ready: '/api/none', packages: '../..' })
  return { name, server, next: pageWith(cookies, '/bench') }
}

/** Runs a program of `bench/peers`, and returns the JSON that it prints. Throws if it fails. */
export function run<T>(args: readonly string[], env: Record<string, string>): T {
  const text = execFileSync(process.execPath, args, {
    cwd: PEERS,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(text)
}
