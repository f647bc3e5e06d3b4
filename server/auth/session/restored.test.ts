import { join } from 'node:path'
import { expect, it } from 'vitest'
import { backUp, restore } from '@/db/sqlite/backup/backup'
import type { Grant } from '@/session/grant'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'
import { openServer, type TestServer } from '@/testing/server/suite'
import { addUser, resetPassword } from '../account/account'
import { authenticate } from '../sign-in/credentials'

const OLD = 'keep-me-signed-in'
const NEW = 'a-better-password'
const client = { address: '192.0.2.1', userAgent: 'Laptop/1' }
const from = { address: client.address, device: null }

it('a restore undoes the sign-outs, passwords and sign-ups since the copy, and a new secret ends the restored sessions', async () => {
  const directory = temporaryDirectory()
  const file = join(directory.path, 'live.db')
  const env = { DATABASE_URL: `file:${file}` }
  const before = await openServer(env)
  const ann = await addUser('ann', OLD)
  const bob = await addUser('bob', OLD)
  const [stolen, kept] = [await signedIn(before, 'ann', OLD), await signedIn(before, 'bob', OLD)]
  await backUp(file, `${file}.copy`)
  await before.engine.end(stolen.sessionId, 'signed_out', client)
  await resetPassword('bob', NEW)
  const since = await signedIn(before, 'bob', NEW)
  await addUser('late', OLD)
  const latecomers = await signedIn(before, 'late', OLD)
  expect(await refreshed(before, stolen)).toBe('session_signed_out')
  expect(await refreshed(before, kept)).toBe('session_revoked')
  await before.database.close()
  await restore(file, `${file}.copy`, new Date())

  const after = await openServer(env)
  expect(await refreshed(after, stolen)).toBe('granted')
  expect(await refreshed(after, kept)).toBe('granted')
  expect(await refreshed(after, since)).toBe('session_unknown')
  expect(await refreshed(after, latecomers)).toBe('user_unknown')
  expect(await authenticate('bob', OLD, from)).toMatchObject({ id: bob.id })
  await expect(authenticate('bob', NEW, from)).rejects.toMatchObject({ status: 401 })

  const REFRESH_TOKEN_SECRET = 'a-new-refresh-secret-of-enough-characters'
  const closed = await openServer({ ...env, REFRESH_TOKEN_SECRET })
  expect(await refreshed(closed, stolen)).toBe('invalid_refresh_token')
  // An access token stays valid until it expires.
  expect(await closed.engine.check(stolen.access.token)).toMatchObject({
    session: { userId: ann.id },
  })
  await closed.dispose()
  for (const server of [after, before]) await server.dispose()
  directory.remove()
})

async function signedIn(server: TestServer, name: string, password: string): Promise<Grant> {
  return server.startSession(await authenticate(name, password, from), client)
}

/** The result of a refresh with the session's refresh token: `granted`, or the code of the refusal. */
async function refreshed({ engine }: TestServer, { refresh }: Grant): Promise<string> {
  const tokens: [string] = [refresh?.token ?? '']
  const request = { tokens, accessOnly: false, jar: false, challenges: [], client }
  return engine.refresh(request).then(
    () => 'granted',
    (error) => error.code,
  )
}
