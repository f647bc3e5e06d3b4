import { expect, test } from '@/e2e/support/fixtures'
import { type Rows, readEvents, rowsOfRun, runScene } from '@/e2e/support/lab'

// With the default lifetimes no scene waits, so none depends on the speed of the machine.
test.use({ variables: { LAB: '1' } })

const live = (generation: number) => ({ generation, reason: null })

/** What the database must hold after a scene: each session of its person, oldest first, and the events among others. */
const EXPECTED: Record<
  string,
  { sessions: Record<string, unknown>[]; events?: string[]; never?: string[] }
> = {
  fifty: { sessions: [live(1)], never: ['reuse_detected', 'reissued'] },
  tabs: { sessions: [live(2)], never: ['reuse_detected', 'reissued'] },
  action: { sessions: [live(0)], never: ['reuse_detected'] },
  lost: { sessions: [live(1)], events: ['stale_challenged', 'reissued'] },
  'lost-ten': { sessions: [live(1)], events: ['reissued'], never: ['reuse_detected'] },
  late: { sessions: [live(1)], events: ['stale_challenged'], never: ['reissued'] },
  'route-away': { sessions: [live(1)], never: ['ended'] },
  'database-away': { sessions: [live(1)], never: ['ended'] },
  'thief-first': { sessions: [{ generation: 1, reason: 'reused' }], events: ['reuse_detected'] },
  'thief-second': { sessions: [{ generation: 1, reason: 'reused' }], events: ['reuse_detected'] },
  'thief-lockstep': { sessions: [{ reason: 'reused' }], events: ['reuse_detected'] },
  'thief-silent': { sessions: [{ generation: 2, reason: 'reused' }], never: ['reissued'] },
  'thief-paced': { sessions: [{ generation: 1, reason: 'reused' }], events: ['reissued'] },
  'ended-elsewhere': { sessions: [{ reason: 'ended_elsewhere' }, live(0)] },
  password: {
    sessions: [{ reason: 'password_changed' }, { reason: 'password_changed' }, live(0)],
    events: ['password_changed'],
  },
}

for (const [scene, { sessions, events = [], never = [] }] of Object.entries(EXPECTED)) {
  test(`Lab: ${scene}: the database agrees with what the scene promises`, async ({ server }) => {
    const { verdict, answers, name } = await readEvents(await runScene(server, scene))
    const rows: Rows = rowsOfRun(server, name)
    expect(rows.sessions).toEqual(sessions.map((row) => expect.objectContaining(row)))
    for (const kind of events) expect(rows.events).toContain(kind)
    for (const kind of never) expect(rows.events).not.toContain(kind)
    expect(verdict).toMatchObject({ holds: true })
    expect(verdict?.rows.map(({ ended }) => ended)).toEqual(rows.sessions.map((row) => row.reason))
    expect(answers.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  })
}

test('Lab: scenes wait in real time where tokens live for seconds, and never set a row back', async ({
  startServer,
}) => {
  const server = await startServer({
    env: { LAB: '1', ACCESS_TOKEN_TTL: '10s', REFRESH_GRACE: '2s' },
  })
  for (const scene of ['lost', 'thief-silent']) {
    const { verdict, kinds } = await readEvents(await runScene(server, scene))
    expect(verdict, scene).toMatchObject({ holds: true })
    expect(kinds, scene).toContain('waiting')
    expect(kinds, scene).not.toContain('aged')
  }
})
