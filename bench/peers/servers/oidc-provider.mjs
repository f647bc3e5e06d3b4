import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { signingKey } from '../stand-ins/key.mjs'
import { openDatabase } from './database.mjs'

// oidc-provider with a SQLite adapter of prepared statements: `seed <count>` prints as many refresh tokens, and without it the
// token endpoint is served. With ID_TOKENS=1 each refresh signs an ID token, too.
const DAY = 86_400
const SCOPE = process.env.ID_TOKENS === '1' ? 'openid offline_access' : 'offline_access'

const database = openDatabase(`
  CREATE TABLE IF NOT EXISTS models (
    model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, grant_id TEXT, expires_at INTEGER, consumed_at INTEGER,
    PRIMARY KEY (model, id));
  CREATE INDEX IF NOT EXISTS models_by_grant ON models (grant_id) WHERE grant_id IS NOT NULL`)
const upsert = database.prepare(`
  INSERT INTO models (model, id, payload, grant_id, expires_at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at`)
const find = database.prepare('SELECT payload, consumed_at FROM models WHERE model = ? AND id = ?')
const consume = database.prepare('UPDATE models SET consumed_at = ? WHERE model = ? AND id = ?')
const destroy = database.prepare('DELETE FROM models WHERE model = ? AND id = ?')
const revoke = database.prepare('DELETE FROM models WHERE grant_id = ?')
const seconds = () => Math.floor(Date.now() / 1000)

class Adapter {
  constructor(model) {
    this.model = model
  }
  async upsert(id, payload, expiresIn) {
    const expiresAt = expiresIn ? seconds() + expiresIn : null
    upsert.run(this.model, id, JSON.stringify(payload), payload.grantId ?? null, expiresAt)
  }
  async find(id) {
    const row = find.get(this.model, id)
    if (!row) return undefined
    const payload = JSON.parse(row.payload)
    return row.consumed_at ? { ...payload, consumed: row.consumed_at } : payload
  }
  async findByUid() {}
  async findByUserCode() {}
  async consume(id) {
    consume.run(seconds(), this.model, id)
  }
  async destroy(id) {
    destroy.run(this.model, id)
  }
  async revokeByGrantId(grantId) {
    revoke.run(grantId)
  }
}

const { jwk } = await signingKey()
const provider = new Provider('http://localhost:3000', {
  adapter: Adapter,
  clients: [
    {
      client_id: 'bench',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['https://bench.example/callback'],
    },
  ],
  cookies: { keys: ['bench-cookie-key'] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  jwks: { keys: [jwk] },
  rotateRefreshToken: true,
  ttl: { AccessToken: 900, IdToken: 900, RefreshToken: 14 * DAY, Grant: 30 * DAY },
})

if (process.argv[2] === 'seed') {
  const tokens = []
  for (let n = 0; n < Number(process.argv[3]); n++) tokens.push(await refreshToken(`user-${n}`))
  process.stdout.write(JSON.stringify(tokens))
} else {
  createServer(provider.callback()).listen(Number(process.env.PORT), '127.0.0.1')
}

async function refreshToken(accountId) {
  const grant = new provider.Grant({ accountId, clientId: 'bench' })
  grant.addOIDCScope(SCOPE)
  const grantId = await grant.save()
  const client = await provider.Client.find('bench')
  const authTime = seconds()
  return new provider.RefreshToken({
    accountId,
    authTime,
    client,
    grantId,
    gty: 'authorization_code',
    scope: SCOPE,
  }).save()
}
