import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { createIdentities, type Identities, SECRETS } from '@/e2e/fuzz/identities'
import { MALFORMED, sendRaw } from '@/e2e/fuzz/malformed'
import { complaintAbout } from '@/e2e/fuzz/oracle'
import { anyRequest, type FuzzRequest } from '@/e2e/fuzz/requests'
import { openSender, printable, type Sender, spellOut } from '@/e2e/fuzz/send'
import { openState } from '@/e2e/fuzz/state'
import { expect, test } from '@/e2e/support/fixtures'
import { PATHS } from '@/e2e/support/parity/inputs'
import type { AppServer } from '@/e2e/support/server/server'

/** FUZZ_SEED repeats a run, FUZZ_REQUESTS makes it longer. */
const { FUZZ_SEED, FUZZ_REQUESTS = '1024' } = process.env
const BATCH = 128
const AT_ONCE = 16
/** Shorter values occur in any text by chance. */
const TELLING_LENGTH = 12

interface Scene {
  readonly server: AppServer
  readonly identities: Identities
  readonly sender: Sender
}

/** Sends a request. Returns what is wrong with the response, and the request to repeat it. */
async function complaint(request: FuzzRequest, scene: Scene): Promise<string | null> {
  const wire = spellOut(request, scene.identities.values, scene.server.port)
  const problem = await scene.sender
    .send(wire)
    .then((answer) => complaintAbout(request, answer))
    .catch((error: Error) => `no answer: ${error.message}`)
  if (problem === null) return null
  return [problem, JSON.stringify({ ...request, endpoint: undefined }), printable(wire)].join(
    '\n\n',
  )
}

/** Sends a batch, `AT_ONCE` requests at a time. */
async function complaintsOf(batch: readonly FuzzRequest[], scene: Scene): Promise<string[]> {
  const complaints: string[] = []
  const rest = batch.values()
  const worker = async () => {
    for (const request of rest) {
      const one = await complaint(request, scene)
      if (one) complaints.push(one)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return complaints
}

/** Sends a batch one by one to find the requests that write something. */
async function writersOf(
  batch: readonly FuzzRequest[],
  scene: Scene,
  digest: () => string,
): Promise<string> {
  for (const request of batch) {
    const before = digest()
    await complaint(request, scene)
    if (digest() !== before) {
      return `wrote something:\n\n${printable(spellOut(request, scene.identities.values, scene.server.port))}`
    }
  }
  return 'one of a batch wrote something, and does not any more'
}

test('Whatever comes in, nothing breaks: each refusal is a 4xx in the format of its contract, changes no user and no session, and prints no secret and no error', async ({
  startServer,
  contractsFrom,
}) => {
  const server = await startServer({
    env: { ...SECRETS, ACCESS_TOKEN_TTL: '15m', REFRESH_GRACE: '30s', TRUSTED_PROXY_HOPS: '1' },
  })
  const identities = await createIdentities(server)
  const state = openState(server.databaseUrl.slice('file:'.length))
  // nginx refuses some of it by itself.
  const sender = openSender(server.contractsPort, AT_ONCE)
  const seed = Number(FUZZ_SEED ?? randomInt(2 ** 31))
  const isServed = ({ endpoint }: FuzzRequest) =>
    contractsFrom === 'next' || PATHS.includes(endpoint?.path ?? '')
  const requests = fc
    .sample(anyRequest(identities), { seed, numRuns: Number(FUZZ_REQUESTS) })
    .filter(isServed)
  const scene = { server, identities, sender }
  const untouched = state.digest()
  const complaints: string[] = []
  let sent = 0
  const from = performance.now()
  while (sent < requests.length && complaints.length === 0) {
    const batch = requests.slice(sent, sent + BATCH)
    sent += batch.length
    complaints.push(...(await complaintsOf(batch, scene)))
    if (state.digest() !== untouched) complaints.push(await writersOf(batch, scene, state.digest))
  }
  const perSecond = (sent / (performance.now() - from)) * 1000
  console.log(`fuzz: ${sent} requests, ${perSecond.toFixed(0)} a second, FUZZ_SEED=${seed}`)
  sender.close()
  state.close()

  expect(complaints.slice(0, 3).join('\n\n'), `FUZZ_SEED=${seed}`).toBe('')
  const printed = server.output()
  const secrets = { ...identities.values, ...SECRETS }
  for (const [name, secret] of Object.entries(secrets)) {
    if (secret.length < TELLING_LENGTH) continue
    expect(printed.includes(secret), `the server printed ${name}`).toBe(false)
  }
  expect(printed).not.toMatch(/error|eyJ|A{64}/i)
})

test('Bytes that are not HTTP are refused, and the server goes on', async ({ server }) => {
  const state = openState(server.databaseUrl.slice('file:'.length))
  const untouched = state.digest()
  for (const { name, text } of MALFORMED) {
    expect(await sendRaw(server.contractsPort, text), name).toMatch(
      /^$|^HTTP\/1\.1 ([34]\d\d|20[04]) /,
    )
  }
  expect(state.digest()).toBe(untouched)
  state.close()
  expect((await fetch(`${server.origin}/api/health`)).status).toBe(200)
})
