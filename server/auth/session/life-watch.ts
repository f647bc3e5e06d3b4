import 'server-only'
import type { SessionState } from '@/session/session'
import type { SessionStore } from '@/session/store'

/** How often the rows of the watched sessions are read: one statement for all of them. */
const WATCH_EVERY_MS = 1000
/** How many streams one session may have open in a process, and all sessions together. */
const MAX_WATCHERS_PER_SESSION = 4
const MAX_WATCHERS = 1000

/** Someone who watches a session. */
export interface Watcher {
  /** Called with each new state of the session, the first one included; null if its row is gone. */
  changed(state: SessionState | null): void
  /** Called at every reading, also if the database did not answer. */
  ticked(): void
  /** Called once if the process ends. */
  stopped(): void
}

/** What a watch works with. */
export interface WatchParts {
  readonly states: SessionStore['states']
  readonly isStopping: () => boolean
  readonly everyMs?: number
}

/** The sessions that this process watches. */
export interface Watch {
  /**
   * Watches a session, and returns a function that ends it. `seen` is the state that the caller knows already. Null if there is no
   * room: `busy` where the session has its share, `full` where the process has, and where it is about to end.
   */
  add(sessionId: string, seen: SessionState, watcher: Watcher): (() => void) | 'busy' | 'full'
  /** How many watchers there are. */
  readonly size: number
}

/**
 * Watches rows for those who ask. It works on any number of machines, since it reads the database and is told nothing. While nobody
 * watches, it reads nothing.
 */
export function createWatch({ states, isStopping, everyMs = WATCH_EVERY_MS }: WatchParts): Watch {
  const watched = new Map<string, Map<Watcher, string>>()
  let timer: ReturnType<typeof setInterval> | undefined
  let isReading = false
  let size = 0

  async function tick(): Promise<void> {
    if (isStopping()) {
      for (const watcher of all()) watcher.stopped()
      return
    }
    if (!isReading) {
      isReading = true
      await read().finally(() => {
        isReading = false
      })
    }
    for (const watcher of all()) watcher.ticked()
  }

  async function read(): Promise<void> {
    const asked = [...watched.keys()]
    // An outage ends no stream: the next reading tells what happened in it.
    const found = await states(asked).catch(() => null)
    if (found === null) return
    const byId = new Map(found.map((state) => [state.id, state]))
    for (const id of asked) {
      const state = byId.get(id) ?? null
      const mark = markOf(state)
      for (const [watcher, seen] of [...(watched.get(id) ?? [])]) {
        if (seen === mark) continue
        watched.get(id)?.set(watcher, mark)
        watcher.changed(state)
      }
    }
  }

  const all = () => [...watched.values()].flatMap((watchers) => [...watchers.keys()])

  return {
    get size() {
      return size
    },
    add(sessionId, seen, watcher) {
      const watchers = watched.get(sessionId) ?? new Map<Watcher, string>()
      if (isStopping() || size >= MAX_WATCHERS) return 'full'
      if (watchers.size >= MAX_WATCHERS_PER_SESSION) return 'busy'
      watched.set(sessionId, watchers.set(watcher, markOf(seen)))
      size += 1
      timer ??= setInterval(() => void tick(), everyMs).unref()
      return () => {
        if (!watchers.delete(watcher)) return
        size -= 1
        if (watchers.size === 0) watched.delete(sessionId)
        if (size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
  }
}

/** Two states with the same mark look the same to a watcher. */
function markOf(state: SessionState | null): string {
  return JSON.stringify(state)
}
