import { randomBytes } from 'node:crypto'
import { ask } from '@/e2e/support/clients/wire'
import { expect, test } from '@/e2e/support/fixtures'
import { openReceiver } from '@/e2e/support/network/otlp'
import { makeTraffic } from '@/e2e/support/redaction-traffic'

const secret = () => randomBytes(32).toString('base64url')
const SECRETS = {
  ACCESS_TOKEN_SECRET: secret(),
  REFRESH_TOKEN_SECRET: secret(),
  METRICS_TOKEN: secret(),
}
/** Pieces of a secret such that any 15 consecutive characters of it contain one. */
const PIECE = { length: 12, every: 4 }

test('No token or piece of one, no cookie, password, secret or header is in a log, a span or a metric, at the most verbose level', async ({
  startServer,
}) => {
  const receiver = await openReceiver()
  const server = await startServer({
    env: {
      ...SECRETS,
      LOG_LEVEL: 'trace',
      ACCESS_TOKEN_TTL: '15m',
      REFRESH_GRACE: '1s',
      SIGN_IN_LIMIT: '5/1m',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  })
  const user = await server.register()
  const words = await makeTraffic(server, user, SECRETS.METRICS_TOKEN)
  for (const value of Object.values(SECRETS)) words.add(value)

  const { body: counted } = await ask(server, '/api/metrics', { bearer: SECRETS.METRICS_TOKEN })
  await expect.poll(() => receiver.spans.map(({ name }) => name)).toContain('GET /api/metrics')
  const places = { log: server.output(), spans: receiver.text(), metrics: `${counted}` }

  // The search is not over empty outputs.
  for (const event of [
    ...['started', 'signed_in', 'sign_in_failed', 'throttled', 'invalid_token', 'refresh_refused'],
    ...['stale_challenged', 'replaced_token_refused', 'reuse_detected', 'database_unavailable'],
    ...['refresh_unanswered', 'password_changed', 'unavailable'],
  ]) {
    expect(places.log).toContain(`"event":"${event}"`)
  }
  expect(receiver.spans.length).toBeGreaterThan(200)
  expect(places.metrics).toMatch(/decision="revoke",outcome="refresh_token_reused"\} 1$/m)

  const pieces = new Set([...words].flatMap((word) => [word, ...piecesOf(word)]))
  expect(pieces.size).toBeGreaterThan(1000)
  for (const [place, text] of Object.entries(places)) {
    expect(
      [...pieces].filter((piece) => text.includes(piece)),
      place,
    ).toEqual([])
    expect(text).not.toMatch(/eyJ|\$argon2|Bearer [\w-]{8}|Basic [\w+/=]{8}|set-cookie/i)
  }
  await receiver.close()
})

function piecesOf(word: string): string[] {
  const count = Math.floor((word.length - PIECE.length) / PIECE.every) + 1
  const starts = Array.from({ length: Math.max(count, 0) }, (_, n) => n * PIECE.every)
  return starts.map((start) => word.slice(start, start + PIECE.length))
}
