import { SpanStatusCode, trace } from '@opentelemetry/api'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { describe, expect, it, vi } from 'vitest'
import { statementSpan } from '@/db/statement-span'
import { newEvent, rotation, START } from '@/testing/database/samples'
import { recordedSpans } from '@/testing/database/span.suite'
import { eachTestsDatabase } from '@/testing/database/suite'
import { openTemporary } from '@/testing/database/temporary-sqlite'

describe('statements of a request that is traced', () => {
  const { traced, finished, names } = recordedSpans()
  const test = eachTestsDatabase(openTemporary)

  it('are a span each, named by what they do, without their values', async () => {
    const id = await test.signIn()
    await traced(async () => {
      await test.sessions.find(id)
      await test.sessions.findFor(id, 'jti-of-a-token')
      await test.sessions.advance(id, { generation: 0, branch: 0 }, rotation(1))
      await test.sessions.record(newEvent({ sessionId: id, userId: test.user.id }), 60_000)
      await test.users.findByName(test.user.nameKey)
      await test.database.prune(START, 100)
    })
    expect(names()).toEqual([
      'SELECT sessions users',
      'SELECT retired_access_tokens sessions users',
      'UPDATE sessions',
      'INSERT session_events',
      'SELECT users',
      'DELETE sessions',
      'DELETE session_events',
      'DELETE rate_limits',
      'DELETE retired_access_tokens',
    ])
    expect(finished()[2]?.attributes).toEqual({
      'db.system.name': 'sqlite',
      'db.operation.name': 'UPDATE',
      'db.collection.name': 'sessions',
      'db.query.summary': 'UPDATE sessions',
    })
    const attributes = JSON.stringify(finished().map((span) => span.attributes))
    for (const word of [id, test.user.id, 'jti-of-a-token', 'Phone/1', '192.0.2']) {
      expect(attributes).not.toContain(word)
    }
  })

  it('are named by their tables, also where a limit counts up', async () => {
    const limiter = test.database.limiter({ keyPrefix: 'a', points: 1, duration: 60 })
    await traced(async () => void (await limiter.consume('somebody')))
    expect(names()).toEqual(['INSERT rate_limits'])
  })

  it('are within their transaction, which takes its time at the end', async () => {
    await traced(() => test.signIn())
    expect(names().at(-1)).toBe('TRANSACTION')
    const [first] = finished()
    expect(first?.parentSpanContext?.spanId).toBe(finished().at(-1)?.spanContext().spanId)
  })

  it('are marked where they fail, by the code alone', async () => {
    const id = 'i'.repeat(22)
    await traced(() => test.signIn({ id, createdAt: null as never })).catch(() => {})
    const failed = finished().filter(({ status }) => status.code === SpanStatusCode.ERROR)
    expect(failed.map((span) => [span.name, span.attributes['error.type']])).toEqual([
      ['INSERT sessions', 'SQLITE_CONSTRAINT_NOTNULL'],
      ['TRANSACTION', 'SQLITE_CONSTRAINT_NOTNULL'],
    ])
    expect(JSON.stringify(failed.map(({ status, events }) => [status, events]))).not.toContain(id)
  })

  it('make none where the request is not', async () => {
    await test.signIn()
    expect(names()).toEqual([])
  })

  it('may answer later, as those of another database do', async () => {
    const text =
      'with "old" as (select id from sessions for update of "sessions"), moved AS (UPDATE "sessions" SET a = $1) select * from moved join users'
    const span = statementSpan('postgresql', text)
    await traced(async () => {
      expect(await span(async () => 7)).toBe(7)
      await expect(span(() => Promise.reject(new TypeError('no')))).rejects.toThrow('no')
    })
    expect(names()).toEqual(['UPDATE sessions users', 'UPDATE sessions users'])
    expect(finished().map(({ attributes }) => attributes['error.type'])).toEqual([
      undefined,
      'TypeError',
    ])
  })
})

it('a statement of a request that is not traced makes no span, and asks for no tracer', async () => {
  const getTracer = vi.fn(() => new TracerProvider().getTracer('test'))
  trace.setGlobalTracerProvider({ getTracer })
  const { database, dispose } = await openTemporary()
  await database.sessions.find('no session')
  expect(getTracer).not.toHaveBeenCalled()
  trace.disable()
  await dispose()
})
