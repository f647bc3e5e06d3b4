import pg from 'pg'
import { expect, it } from 'vitest'
import { openDatabase } from '@/db/open'
import {
  dueFrom,
  LONG_TIMEOUTS,
  newSession,
  newUser,
  rotation,
  START,
} from '@/testing/database/samples'
import { createDatabase, operate } from '@/testing/database/temporary-postgres'

it.each([
  ['ended', `revoked_at = ${START}, revoked_reason = 'signed_out'`, { endedReason: 'signed_out' }],
  ['bound to another client', `client_id = 'api'`, { oauthClientId: 'api' }],
  ['moved', 'generation = 1', { generation: 1 }],
  ['renewed', `issued_at = ${START + 1000}`, { issuedAt: START + 1000 }],
])(
  'F17: a rotation that waits for the row finds it %s, and leaves it so',
  async (_, change, left) => {
    const test = await createDatabase()
    const database = await openDatabase(test.url, LONG_TIMEOUTS)
    const other = new pg.Client(test.url)
    await other.connect()
    const user = newUser()
    const session = newSession({ userId: user.id })
    const { id } = session
    await database.users.create(user)
    await database.sessions.create(session, { replaces: null, maxLive: 9 })
    const before = await database.sessions.find(id)

    await other.query('BEGIN')
    await other.query(`UPDATE sessions SET ${change}`)
    const condition = { ...dueFrom({ generation: 0, branch: 0 }, user.id), issuedBefore: START + 1 }
    const to = rotation(1, { oauthClientId: 'phone' })
    const waiting = database.sessions.findToRotate(id, condition, to)
    await expect.poll(async () => (await operate(test.url, WAITING)).rowCount).toBe(1)
    await other.query('COMMIT')

    expect(await waiting).toEqual({ session: before, rotated: false })
    expect(await database.sessions.find(id)).toMatchObject({ renewals: 0, ...left })
    await other.end()
    await database.close()
    await test.drop()
  },
)

const WAITING = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
