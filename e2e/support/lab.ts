import type { LabEvent, Verdict } from '@/server/lab/event'
import type { AppServer } from './server/server'

type Answer = Extract<LabEvent, { kind: 'answered' }>

/** The events of a run, sorted out. */
export interface Run {
  readonly verdict: Verdict | null
  readonly answers: readonly Answer[]
  readonly kinds: readonly string[]
  readonly text: string
  /** The name of the run's person, who is the latest of the lab if no other run began since. */
  readonly name: string
}

/** What the database holds about the person of a run. */
export interface Rows {
  readonly sessions: readonly { generation: number; branch: number; reason: string | null }[]
  readonly events: readonly string[]
}

/** A started run, and the names of the lab's persons before it. */
interface Started {
  readonly response: Response
  readonly server: AppServer
  readonly before: ReadonlySet<string>
}

/** Starts a run without a browser. */
export async function runScene(
  server: AppServer,
  scene: string,
  { signal, headers = {} }: { signal?: AbortSignal; headers?: Record<string, string> } = {},
): Promise<Started> {
  const before = new Set(namesOf(server))
  const response = await fetch(`${server.direct}/api/lab/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ scene }),
    ...(signal ? { signal } : {}),
  })
  return { response, server, before }
}

/** Reads a run to its end. */
export async function readEvents({ response, server, before }: Started): Promise<Run> {
  if (response.status !== 200) throw new Error(`The lab answered ${response.status}`)
  const text = await response.text()
  const events: LabEvent[] = text
    .split('\n\n')
    .filter((part) => part !== '')
    .map((part) => JSON.parse(part.replace(/^data: /, '')))
  const last = events.at(-1)
  const [name = ''] = namesOf(server).filter((one) => !before.has(one))
  return {
    verdict: last?.kind === 'verdict' ? last.verdict : null,
    answers: events.filter((event) => event.kind === 'answered'),
    kinds: events.map(({ kind }) => kind),
    text,
    name,
  }
}

/** The sessions and events of a person, oldest first, read beside the server. */
export function rowsOfRun({ sql, rows }: AppServer, name: string): Rows {
  return {
    // A session that moves keeps its time, and the one that it moved to is the live one.
    sessions: sql.all(
      `SELECT s.generation, s.branch, s.revoked_reason AS reason FROM sessions s JOIN users u ON u.id = s.user_id
       WHERE u.name = ? ORDER BY s.created_at, CASE WHEN s.revoked_at IS NULL THEN 1 ELSE 0 END`,
      [name],
    ),
    events: rows.events(name).map(({ kind }) => kind),
  }
}

/** The names of the lab's persons. */
export function namesOf({ sql }: AppServer): string[] {
  return sql
    .all<{ name: string }>("SELECT name FROM users WHERE id LIKE 'lab.%'")
    .map(({ name }) => name)
}
