import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import nextEnv from '@next/env'

const FILE = '.env.local'
const NAMES = ['ACCESS_TOKEN_SECRET', 'REFRESH_TOKEN_SECRET']

/**
 * Makes the secrets that are missing and writes them to `.env.local`, if the app is served on localhost. Elsewhere the secrets
 * must be set, or the server does not start.
 */
export function ensureSecrets(isDev = false) {
  nextEnv.loadEnvConfig(process.cwd(), isDev, { info: () => {}, error: console.error })
  const origin = process.env.APP_ORIGIN || 'http://localhost'
  // The server itself reports an origin that is not a URL.
  if (!URL.canParse(origin)) return
  const { hostname } = new URL(origin)
  if (!['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return
  const { ACCESS_TOKEN_ALG: algorithm = '' } = process.env
  const needed = ['', 'HS256'].includes(algorithm) ? NAMES : ['REFRESH_TOKEN_SECRET']
  const missing = needed.filter((name) => !process.env[name])
  if (missing.length === 0) return
  const lines = missing.map((name) => `${name}=${randomBytes(32).toString('base64url')}\n`)
  appendFileSync(FILE, `\n# Made at the first run on this machine\n${lines.join('')}`, {
    mode: 0o600,
  })
  for (const line of lines) {
    const [name, value] = line.trim().split('=')
    process.env[name] = value
  }
  console.log(`Made ${missing.join(' and ')} in ${FILE}`)
}

if (import.meta.url === `file://${process.argv[1]}`) ensureSecrets()
