import { describe, expect, it } from 'vitest'
import { dueFrom, newEvent, rotation, START } from '@/testing/database/samples'
import { recordedSpans } from '@/testing/database/span.suite'
import { eachTestsDatabase } from '@/testing/database/suite'
import { openTemporaryPostgres } from '@/testing/database/temporary-postgres'

describe('PostgreSQL, observed', () => {
  const { traced, finished, names } = recordedSpans()
  const test = eachTestsDatabase(openTemporaryPostgres)

  it('shows each statement as a span, without its values', async () => {
    const id = await test.signIn()
    await traced(async () => {
      await test.sessions.findFor(id, 'jti-of-a-token')
      await test.sessions.advance(id, { generation: 0, branch: 0 }, rotation(1))
      const condition = dueFrom({ generation: 1, branch: 0 }, test.user.id)
      await test.sessions.findToRotate(id, condition, rotation(2))
      const event = newEvent({ kind: 'ended', sessionId: id, userId: test.user.id })
      await test.sessions.end(id, 'signed_out', event)
      await test.users.findByName(test.user.nameKey)
      await test.database.prune(START, 100)
    })
    expect(names()).toEqual([
      'SELECT retired_access_tokens sessions users',
      'UPDATE sessions',
      'UPDATE sessions users',
      'UPDATE sessions users session_events',
      'SELECT users',
      'DELETE sessions session_events rate_limits retired_access_tokens',
    ])
    expect(finished()[1]?.attributes).toEqual({
      'db.system.name': 'postgresql',
      'db.operation.name': 'UPDATE',
      'db.collection.name': 'sessions',
      'db.query.summary': 'UPDATE sessions',
    })
    const attributes = JSON.stringify(finished().map((span) => span.attributes))
    for (const word of [id, test.user.id, 'jti-of-a-token', 'Phone/1', '192.0.2']) {
      expect(attributes).not.toContain(word)
    }
  })

  it('counts its connections, and the callers that wait for one', async () => {
    const { database } = test
    await database.ping()
    expect(database.pool?.()).toEqual({ total: 1, idle: 1, waiting: 0 })
    const pings = Array.from({ length: 30 }, () => database.ping())
    expect(database.pool?.().waiting).toBeGreaterThan(0)
    await Promise.all(pings)
    expect(database.pool?.()).toMatchObject({ total: 10, idle: 10, waiting: 0 })
  })
})
