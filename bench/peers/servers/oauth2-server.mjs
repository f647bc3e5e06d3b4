import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import OAuth2Server from '@node-oauth/oauth2-server'
import { openDatabase } from './database.mjs'

// @node-oauth/oauth2-server over SQLite, with tokens that are random and signed by nothing: `seed <count>` prints as many refresh
// tokens, and without it the token endpoint is served.
const DAY_MS = 86_400_000
const CLIENT = {
  id: 'bench',
  grants: ['refresh_token'],
  refreshTokenLifetime: (14 * DAY_MS) / 1000,
}

const database = openDatabase(`
  CREATE TABLE IF NOT EXISTS clients (id TEXT PRIMARY KEY);
  INSERT OR IGNORE INTO clients VALUES ('bench');
  CREATE TABLE IF NOT EXISTS tokens (
    refresh_token TEXT PRIMARY KEY, access_token TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL, scope TEXT,
    access_expires_at INTEGER NOT NULL, refresh_expires_at INTEGER NOT NULL, revoked_at INTEGER)`)
const findClient = database.prepare('SELECT id FROM clients WHERE id = ?')
const findToken = database.prepare(
  'SELECT * FROM tokens WHERE refresh_token = ? AND revoked_at IS NULL',
)
const revoke = database.prepare(
  'UPDATE tokens SET revoked_at = ? WHERE refresh_token = ? AND revoked_at IS NULL',
)
const insert = database.prepare('INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, NULL)')

const model = {
  getClient: async (id) => (findClient.get(id) ? CLIENT : null),
  async getRefreshToken(refreshToken) {
    const row = findToken.get(refreshToken)
    if (!row) return null
    const refreshTokenExpiresAt = new Date(row.refresh_expires_at)
    return { refreshToken, refreshTokenExpiresAt, client: CLIENT, user: { id: row.user_id } }
  },
  revokeToken: async ({ refreshToken }) => revoke.run(Date.now(), refreshToken).changes === 1,
  async saveToken(token, client, user) {
    const { refreshToken, accessToken, accessTokenExpiresAt, refreshTokenExpiresAt } = token
    const [access, refresh] = [Number(accessTokenExpiresAt), Number(refreshTokenExpiresAt)]
    insert.run(refreshToken, accessToken, user.id, null, access, refresh)
    return { ...token, client, user }
  },
}
const server = new OAuth2Server({
  model,
  accessTokenLifetime: 900,
  requireClientAuthentication: { refresh_token: false },
})

if (process.argv[2] === 'seed') {
  const tokens = Array.from({ length: Number(process.argv[3]) }, () =>
    randomBytes(32).toString('hex'),
  )
  const now = Date.now()
  database.transaction(() => {
    for (const [n, token] of tokens.entries()) {
      insert.run(token, randomBytes(32).toString('hex'), `user-${n}`, null, now, now + 14 * DAY_MS)
    }
  })()
  process.stdout.write(JSON.stringify(tokens))
} else {
  createServer(answer).listen(Number(process.env.PORT), '127.0.0.1')
}

async function answer(incoming, outgoing) {
  const chunks = []
  for await (const chunk of incoming) chunks.push(chunk)
  const { method, headers } = incoming
  const body = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
  const request = new OAuth2Server.Request({ method, headers, body, query: {} })
  const response = new OAuth2Server.Response({ headers: {} })
  await server.token(request, response).catch(() => {})
  outgoing.writeHead(response.status, { 'content-type': 'application/json', ...response.headers })
  outgoing.end(JSON.stringify(response.body))
}
