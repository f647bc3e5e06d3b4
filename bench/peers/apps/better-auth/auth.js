import { betterAuth } from 'better-auth'
import { nextCookies } from 'better-auth/next-js'
import Sqlite from 'better-sqlite3'

const database = new Sqlite(process.env.DATABASE_FILE)
// As Rekindle sets it.
database.pragma('journal_mode = WAL')
database.pragma('synchronous = NORMAL')
const HOUR = 3600

/** As better-auth's documents set it up for Next.js, without its rate limit, which counts all requests of this machine as one. */
export const auth = betterAuth({
  baseURL: 'http://localhost:3000',
  secret: 'bench-better-auth-secret-32-characters-long',
  database,
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
  // The passwords of the benchmark are never checked, so hashing them would only take time.
  emailAndPassword: { enabled: true, password: { hash: async (text) => text } },
  session: {
    // With 0, each reading of a session through the API refreshes it.
    ...(process.env.REFRESH_ALWAYS === '1' ? { updateAge: 0 } : {}),
    cookieCache: { enabled: process.env.COOKIE_CACHE === '1', maxAge: 12 * HOUR },
  },
  plugins: [nextCookies()],
})
