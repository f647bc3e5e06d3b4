import 'server-only'
import { setMaxListeners } from 'node:events'
import { readEdgeConfig } from '@/config/edge'
import type { Config } from '@/config/read'
import type { Database } from '@/db/database'
import type { Engine } from '@/session/engine'
import type { SessionStore } from '@/session/store'
import type { EpochMs } from '@/session/time'
import { describeError } from '../http/error-description'
import { isStopping } from '../process/shutdown'
import { report } from '../telemetry/log'
import { createAdmission } from './admission'
import type { LabEvent } from './event'
import { leftovers } from './leftovers'
import { type FindRun, observeEngine, observeStore } from './observed'
import { SceneRun } from './run'
import { findScene, type SceneId } from './scene-list'
import { PLAYS } from './scenes/plays'
import { isRealTime, Stage } from './stage'

/** The longest a run takes, in milliseconds. The longest scene takes half of it. */
const MAX_RUN_MS = 90_000
/** How often a run looks whether the server stops. */
const LOOK_MS = 250

/** The lab of a server. It exists only where `LAB=1`. */
export interface Lab {
  /** Wraps the store, so that scenes see and disturb what concerns them. */
  readonly observeStore: (store: SessionStore) => SessionStore
  /** Wraps the engine, for the same reason. */
  readonly observeEngine: (engine: Engine) => Engine
  /** The users of past scenes, to be pruned. */
  readonly leftovers: Pick<Database, 'prune'>
  /**
   * Runs a scene for a visitor at `address` and returns its happenings, as server-sent events. The run ends with the stream,
   * whoever ends it.
   * @throws HttpError 429 or 503 if there are too many runs.
   */
  run(scene: SceneId, address: string): Promise<ReadableStream<Uint8Array>>
  /** The lifetimes of this server's tokens, and whether scenes wait for them. */
  readonly times: {
    readonly accessTokenMs: number
    readonly graceMs: number
    readonly isRealTime: boolean
  }
}

/** Opens the lab of a server. `database` is the one that the server uses, without the lab's wrapper. */
export function openLab(
  { appOrigin, accessTokenMs, graceMs }: Config,
  database: Database,
  clock: () => EpochMs,
): Lab {
  const runs = new Map<string, SceneRun>()
  const admit = createAdmission()
  const findRun: FindRun = (requestId) => {
    const [, name = '', request] = /^(lab-[0-9a-f]{32})-(\d+)$/.exec(requestId ?? '') ?? []
    const run = runs.get(name)
    return run ? { run, request: Number(request) } : null
  }

  async function play(scene: SceneId, run: SceneRun): Promise<void> {
    runs.set(run.name, run)
    try {
      const times = { accessTokenMs, graceMs, isRealTime: isRealTime({ accessTokenMs, graceMs }) }
      run.emit({ kind: 'begun', scene, ...times })
      const stage = new Stage(run, database, clock)
      const check = await PLAYS[scene](stage)
      const found = await stage.find()
      const rows = found.sessions.map((session) => run.view(session))
      const promise = findScene(scene)?.promise ?? ''
      const verdict = { holds: check(found), promise, rows, events: found.events }
      run.emit({ kind: 'verdict', verdict })
    } catch (error) {
      const why = isStopping() ? 'shutdown' : run.signal.aborted ? 'time' : 'error'
      if (why === 'error') report('unexpected_error', { error: describeError(error) })
      run.emit({ kind: 'stopped', why })
    } finally {
      runs.delete(run.name)
    }
  }

  return {
    observeStore: (store) => observeStore(store, findRun),
    observeEngine: (engine) => observeEngine(engine, findRun, { clock, graceMs }),
    leftovers: leftovers(database),
    times: { accessTokenMs, graceMs, isRealTime: isRealTime({ accessTokenMs, graceMs }) },

    async run(scene, address) {
      const leave = await admit(address)
      const stopping = new AbortController()
      // Each request of a scene listens to it, and fifty of them are no leak.
      setMaxListeners(0, stopping.signal)
      const limit = setTimeout(() => stopping.abort(), MAX_RUN_MS)
      const look = setInterval(() => isStopping() && stopping.abort(), LOOK_MS)
      const encoder = new TextEncoder()
      return new ReadableStream<Uint8Array>({
        start(controller) {
          let isOpen = true
          stopping.signal.addEventListener('abort', () => {
            if (stopping.signal.reason === 'visitor left') isOpen = false
          })
          const emit = (event: LabEvent) => {
            if (isOpen) controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`))
          }
          const { internalOrigin: ownOrigin } = readEdgeConfig()
          const parts = { clock, appOrigin, ownOrigin, accessTokenMs, graceMs }
          const run = new SceneRun({ ...parts, emit, signal: stopping.signal })
          void play(scene, run).finally(() => {
            leave()
            clearTimeout(limit)
            clearInterval(look)
            // The browsers of the scene close their connections.
            const wasOpen = isOpen
            stopping.abort('visitor left')
            if (wasOpen) controller.close()
          })
        },
        cancel: () => stopping.abort('visitor left'),
      })
    },
  }
}
