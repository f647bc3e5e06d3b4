import { expect, it } from 'vitest'
import { openDatabase } from '@/db/open'
import {
  dueFrom,
  LONG_TIMEOUTS,
  laptop,
  newEvent,
  newSession,
  newUser,
  rotation,
  START,
} from '@/testing/database/samples'
import { createDatabase, operate } from '@/testing/database/temporary-postgres'

/** Records at each commit whether the transaction waits for the disk. */
const WITNESS = `
  CREATE TABLE witness (level text);
  CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO witness VALUES (current_setting('synchronous_commit'));
    RETURN NULL;
  END $$;`
const watch = (table: string) => `
  CREATE CONSTRAINT TRIGGER witness AFTER INSERT OR UPDATE OR DELETE ON ${table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION witness();`

it('signs in, ends, and changes people on disk, and rotates without waiting for it', async () => {
  const test = await createDatabase()
  // One connection shows that the setting of one transaction does not reach the next.
  const { sessions, users, prune, close } = await openDatabase(test.url, {
    ...LONG_TIMEOUTS,
    poolSize: 1,
  })
  const tables = ['users', 'sessions', 'session_events', 'retired_access_tokens']
  await operate(test.url, WITNESS + tables.map(watch).join(''))
  const levels = async (work: Promise<unknown>) => {
    await work
    const { rows } = await operate(
      test.url,
      'WITH seen AS (DELETE FROM witness RETURNING level) SELECT DISTINCT level FROM seen',
    )
    return rows.map(({ level }) => level).join()
  }

  const user = newUser()
  const userId = user.id
  const session = newSession({ userId })
  const { id } = session
  const event = newEvent({ sessionId: id, userId })
  const by = { ...laptop, except: null, moves: null, provenWith: null }
  const limits = { replaces: null, maxLive: 9 }

  expect(await levels(users.create(user))).toBe('on')
  expect(await levels(sessions.create(session, limits))).toBe('on')
  expect(await levels(sessions.advance(id, { generation: 0, branch: 0 }, rotation(1)))).toBe('off')
  const condition = dueFrom({ generation: 1, branch: 0 }, userId)
  expect(await levels(sessions.findToRotate(id, condition, rotation(2)))).toBe('off')
  expect(await sessions.find(id)).toMatchObject({ generation: 2 })
  expect(await levels(sessions.retire('jti', START))).toBe('on')
  expect(await levels(sessions.record(event, 0))).toBe('off')
  expect(await levels(sessions.record({ ...event, kind: 'reissued' }, 1000))).toBe('off')
  expect(await levels(sessions.end(id, 'signed_out', event))).toBe('on')
  await sessions.create(newSession({ userId, expiresAt: START + 1 }), limits)
  await sessions.create(newSession({ userId }), limits)
  expect(await levels(sessions.endAll(userId, 'ended_elsewhere', START, by))).toContain('on')
  expect(await levels(users.setPassword(userId, 'new', START, by))).toBe('on')
  expect(await levels(prune(START + 1, 9))).toBe('off')
  expect(await levels(users.remove({ id: userId, passwordHash: 'new' }))).toBe('on')
  await close()
  await test.drop()
})
