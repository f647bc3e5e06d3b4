import 'server-only'
import type { Engine } from '@/session/engine'
import { SessionError } from '@/session/errors'
import type { RefreshRequest } from '@/session/refresh'
import type { SessionStore } from '@/session/store'
import { currentRequestId } from '../http/request-context'
import { readRefreshToken } from './refresh-token'
import { ruleOf } from './rule'
import type { SceneRun } from './run'

/** Finds the run that a request id belongs to, and the number of the request in it. */
export type FindRun = (requestId: string | null) => { run: SceneRun; request: number } | null

/**
 * Wraps the store for the requests of scenes: what happens to a row is reported to the run, and while a scene lets the database
 * fail, its verbs fail as those of a database that does not answer. Every other request goes straight through.
 */
export function observeStore(store: SessionStore, findRun: FindRun): SessionStore {
  const here = () => findRun(currentRequestId())
  const report = async (id: string, won: boolean) => {
    const found = here()
    const row = found && (await store.find(id))
    if (found && row) {
      const { run, request } = found
      run.emit({ kind: 'wrote', request, won, row: run.view(row) })
    }
  }
  const guarded: SessionStore = {
    ...store,
    async find(id) {
      const row = await store.find(id)
      const found = here()
      if (found && row) found.run.remember(found.request, row)
      return row
    },
    // In a scene the decision is seen before the write.
    async findToRotate(id, condition, to) {
      if (!here()) return store.findToRotate(id, condition, to)
      const session = await guarded.find(id)
      return session && { session, rotated: false }
    },
    async findFor(id, accessTokenId) {
      const result = await store.findFor(id, accessTokenId)
      const found = here()
      if (found) {
        const { run, request } = found
        run.emit({ kind: 'checked', request, row: result && run.view(result.session) })
      }
      return result
    },
    async advance(id, from, to) {
      const won = await store.advance(id, from, to)
      await report(id, won)
      return won
    },
    async end(id, reason, event, where) {
      const ended = await store.end(id, reason, event, where)
      await report(id, ended)
      return ended
    },
  }
  const withFaults = Object.entries(guarded).map(([name, verb]) => [
    name,
    async (...parameters: never[]) => {
      here()?.run.requireNoFault('database')
      return (verb as (...given: never[]) => Promise<unknown>)(...parameters)
    },
  ])
  return Object.fromEntries(withFaults)
}

/** The times that a rule of the table depends on. */
export interface RuleTimes {
  readonly clock: () => number
  readonly graceMs: number
}

/**
 * Wraps the engine for the requests of scenes: each refresh is reported with its decision, and while a scene lets the refresh
 * route fail, it is answered as an outage. Every other request goes straight through.
 */
export function observeEngine(
  engine: Engine,
  findRun: FindRun,
  { clock, graceMs }: RuleTimes,
): Engine {
  return {
    ...engine,
    async refresh(request) {
      const found = findRun(currentRequestId())
      if (!found) return engine.refresh(request)
      const { run, request: number } = found
      run.emit({ kind: 'refreshing', request: number })
      try {
        run.requireNoFault('refresh route')
        const presented = readRefreshToken(request.tokens[0]).position
        const decided: RefreshRequest['decided'] = (decision) => {
          request.decided?.(decision)
          // The engine has just read the row for this request, and decided by it.
          const row = run.rowReadBy(number)
          if (!row) return
          const now = clock() - (request.waitedMs ?? 0)
          const rule = ruleOf(decision, row, presented, now, graceMs)
          const { kind } = decision
          run.emit({ kind: 'decided', request: number, decision: kind, rule, row: run.view(row) })
        }
        const result = await engine.refresh({ ...request, decided })
        const token = result.refresh?.token
        run.emit({
          kind: 'refreshed',
          request: number,
          answer: token
            ? { granted: 'both tokens', position: readRefreshToken(token).position }
            : { granted: 'an access token', position: null },
        })
        return result
      } catch (error) {
        const refused = error instanceof SessionError ? error.code : 'internal_error'
        run.emit({ kind: 'refreshed', request: number, answer: { refused } })
        throw error
      }
    },
  }
}
