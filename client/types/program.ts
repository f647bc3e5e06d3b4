import {
  type Client,
  ClientError,
  type ClientOptions,
  createClient,
  memoryStorage,
  type TokenStorage,
} from '../dist/client.js'
import { oauth } from '../dist/contracts/oauth.js'

// A program of somebody else, compiled against the package with whatever lib they have.
const storage: TokenStorage = memoryStorage()
const options: ClientOptions = { origin: 'https://app.example', contract: oauth, storage }
const client: Client = createClient(options)

export async function run(): Promise<number | null> {
  await client.login({ username: 'demo', password: 'keep-me-signed-in' })
  const { ok, status } = await client.fetch('/api/me', { method: 'GET' })
  const stop = client.on('signedout', ({ reason }) => reason satisfies string)
  stop()
  // @ts-expect-error There is no such event.
  client.on('nothing', () => {})
  return ok ? client.session.get().remainingMs : status
}

export function isOver(error: unknown): boolean {
  return error instanceof ClientError && error.code === 'signed_out' && error.reason !== null
}
