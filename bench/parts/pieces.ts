import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import { services } from '@/server/composition'
import { nodeSigner } from '@/server/keys/node-signer'
import { importKeyPairs } from '@/session/keys/key-pair'
import { createKeyring, openKeyring } from '@/session/keys/keyring'
import { webSigner } from '@/session/keys/signer'
import { laptop } from '@/testing/database/samples'
import type { BenchContext } from '../context'
import { type Jar, makeJars, rekindleEnvironment } from '../jars'
import { spread } from '../statistics'

const SECRET = 'the-secret-of-a-benchmark-0123456789'
const CLAIMS = {
  iss: 'http://localhost:3000',
  aud: 'http://localhost:3000',
  sub: crypto.randomUUID(),
  sid: crypto.randomUUID(),
  jti: crypto.randomUUID(),
  client_id: 'rekindle',
  iat: 1_800_000_000,
  exp: 1_900_000_000,
}
const NOW = 1_800_000_001_000

/**
 * What the steps of a request take on their own, in microseconds of CPU: what is left of a request is Next.js, Node.js and HTTP.
 */
export async function measurePieces({ options, report, folder }: BenchContext): Promise<void> {
  const [rounds, perRound] = options.quick ? [5, 100] : [40, 500]
  const pieces: Record<string, () => Promise<unknown>> = {}
  for (const [by, signer] of [
    ['node:crypto', nodeSigner],
    ['Web Crypto', webSigner],
  ] as const) {
    const secret = await openKeyring([SECRET], undefined, signer)
    const { privateKey } = await generateKeyPair('Ed25519', { extractable: true })
    const jwk = { ...(await exportJWK(privateKey)), alg: 'EdDSA', kid: 'bench' }
    const pair = createKeyring(await importKeyPairs([jwk as never]), signer)
    for (const [algorithm, keyring] of [
      ['HS256', secret],
      ['EdDSA', pair],
    ] as const) {
      const token = await keyring.sign('at+jwt', CLAIMS)
      pieces[`a token is signed, ${algorithm}, ${by}`] = () => keyring.sign('at+jwt', CLAIMS)
      pieces[`a token is verified, ${algorithm}, ${by}`] = () =>
        keyring.verify('at+jwt', token, NOW)
    }
  }

  const env = rekindleEnvironment(`file:${join(folder, 'pieces.db')}`)
  // A session that is refreshed again within its millisecond would not rotate.
  const jars = await makeJars(500, env)
  Object.assign(globalThis, { rekindle: undefined })
  const { engine, database } = await services()
  const token = jars[0]?.access ?? ''
  const [, payload = ''] = token.split('.')
  const { sid, jti } = JSON.parse(Buffer.from(payload, 'base64url').toString())
  let refreshed = 0
  pieces["a page's statement, SQLite"] = () => database.sessions.findFor(sid, jti)
  pieces["a page's check: verify, and its statement"] = () => engine.check(token, 0)
  pieces["a refresh's first statement, SQLite"] = () => database.sessions.find(sid)
  pieces['a refresh: verify, two statements, sign twice'] = async () => {
    const jar = jars[refreshed++ % jars.length] as Jar
    const request = {
      tokens: [jar.refresh],
      accessOnly: false,
      jar: false,
      challenges: [],
    } as const
    const granted = await engine.refresh({ ...request, client: laptop })
    if (!granted.refresh) throw new Error('it was renewed, not rotated')
    jar.refresh = granted.refresh.token
  }
  const taken = new Map<string, number[]>(Object.keys(pieces).map((name) => [name, []]))
  for (let round = -5; round < rounds; round++) {
    for (const [name, work] of Object.entries(pieces)) {
      const before = process.cpuUsage()
      for (let n = 0; n < perRound; n++) await work()
      const { user, system } = process.cpuUsage(before)
      if (round >= 0) taken.get(name)?.push((user + system) / perRound)
    }
  }
  for (const [name, values] of taken) report.value('alone', name, 'µs of CPU', spread(values))
  await database.close()
}
