import { readFileSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { SIGN_IN_REASONS } from '@/http/address/return-path'
import type { EndReason, SessionEventKind } from '@/session/session'
import { newUser } from '@/testing/database/samples'
import { createDatabase, operate } from '@/testing/database/temporary-postgres'
import { openServer } from '@/testing/server/suite'
import { LINES } from '../telemetry/log-lines'

const page = readFileSync('docs/runbook.md', 'utf8')
const KINDS = Object.keys({
  signed_in: 0,
  ended: 0,
  reuse_detected: 0,
  stale_challenged: 0,
  replaced_token_refused: 0,
  reissued: 0,
  state_regression: 0,
  password_changed: 0,
  alert_dismissed: 0,
} satisfies Record<SessionEventKind, 0>)
const REASONS = Object.keys({
  signed_out: 0,
  ended_elsewhere: 0,
  password_changed: 0,
  replaced: 0,
  reused: 0,
  over_limit: 0,
} satisfies Record<EndReason, 0>)
const ALARMS = Object.entries(LINES).filter(([, [level]]) => !['debug', 'info'].includes(level))

/** The names with which paragraphs or list items of the page begin. */
const explained = (start: RegExp) => [...page.matchAll(start)].map(([, name]) => `${name}`)

describe('the runbook', () => {
  it('has a paragraph on each kind of event, and a list item on each reason why a session ends', () => {
    const paragraphs = explained(/^\*\*`(\w+)`\*\* .{40}/gm)
    for (const kind of KINDS) expect(paragraphs).toContain(kind)
    expect(explained(/^- \*\*`(\w+)`\*\* .{20}/gm).sort()).toEqual(REASONS.sort())
  })

  it('has a paragraph on each line of the log above info, and on no line that does not exist', () => {
    const paragraphs = explained(/^\*\*`(\w+)`\*\* .{40}/gm)
    expect(ALARMS.length).toBeGreaterThan(6)
    for (const [event] of ALARMS) expect(paragraphs).toContain(event)
    // Middleware logs this line itself.
    const known = [...Object.keys(LINES), 'refresh_unanswered']
    for (const name of paragraphs) expect(known).toContain(name)
  })

  it('explains each reason with which a person is asked to sign in', () => {
    expect(explained(/^\| `(\w+)` \| `\w+_\w+`/gm)).toEqual([...SIGN_IN_REASONS])
  })
})

describe('the statements of the runbook', () => {
  const blocks = [...page.matchAll(/^```sql ?(\w*)\n(.*?)^```/gms)]
  const statementsFor = (engine: string) =>
    blocks
      .filter(([, only]) => only === '' || only === engine)
      .flatMap(([, , sql]) => `${sql}`.split(/;\n/))
      .filter((sql) => sql.trim() !== '')
      .map((sql) => sql.replaceAll('1800000000000', `${Date.now()}`))
  const engines = {
    sqlite: async () => {
      const server = await openServer()
      const client = new Sqlite(server.config.databaseUrl.slice('file:'.length))
      const run = async (sql: string) => {
        const statement = client.prepare(sql)
        return statement.reader ? statement.all().length : statement.run().changes
      }
      const dispose = async () => {
        client.close()
        await server.dispose()
      }
      return { server, run, dispose }
    },
    postgresql: async () => {
      const { url, drop } = await createDatabase()
      const server = await openServer({ DATABASE_URL: url, DATABASE_POOL_SIZE: '2' })
      const run = async (sql: string) => (await operate(url, sql)).rowCount ?? 0
      return { server, run, dispose: () => server.dispose().then(drop) }
    },
  }

  it.each(Object.entries(engines))('run on %s, and do what the page says', async (name, open) => {
    const { server, run, dispose } = await open()
    const { config, database, engine, throttle } = server
    const ann = newUser({ name: 'Ann', nameKey: 'ann' })
    await database.users.create(ann)
    const client = { address: '192.0.2.1', userAgent: 'Laptop/1' }
    const grant = await server.startSession(ann, client)
    const { sessionId } = grant
    const status = () =>
      engine.check(grant.access.token).then(
        () => 'live',
        (error) => error.code,
      )
    const failing = { account: 'ann', address: client.address, device: null }
    const fail = () => throttle.signIn(failing, async () => null)
    for (let n = 0; n < config.signInLimit.points; n++) await fail()
    await expect(fail()).rejects.toMatchObject({ status: 429 })

    const all = statementsFor(name)
    expect(all.length).toBeGreaterThan(15)
    const statuses: string[] = []
    for (const sql of all) {
      const rows = await run(sql)
      const [verb = ''] = sql.split(' ', 1)
      if (verb === 'SELECT') continue
      expect(rows, sql).toBe(1)
      statuses.push(`${sql.split(/\s/, 3).join(' ')}: ${await status()}`)
    }
    expect(statuses).toEqual([
      'UPDATE users SET: session_revoked',
      'UPDATE users SET: live',
      'INSERT INTO session_events: live',
      'UPDATE sessions SET: session_revoked',
      'DELETE FROM rate_limits: session_revoked',
      'DELETE FROM rate_limits: session_revoked',
    ])
    expect(await database.sessions.find(sessionId)).toMatchObject({
      endedReason: 'ended_elsewhere',
    })
    const [event] = await database.sessions.events(sessionId, 1)
    expect(event).toMatchObject({ kind: 'ended', detail: 'ended_elsewhere', address: 'shell' })
    expect(await throttle.signIn(failing, async () => 'in')).toBe('in')
    await dispose()
  })
})
