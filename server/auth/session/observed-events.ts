import 'server-only'
import type { UserStore } from '@/db/database'
import { type LogFields, report } from '@/server/telemetry/log'
import { metrics } from '@/server/telemetry/metrics'
import type { NewSessionEvent, SessionEventKind } from '@/session/session'
import type { SessionStore } from '@/session/store'

/** Wraps a session store so that every session event is counted in the metrics and logged. */
export function observeSessions(store: SessionStore): SessionStore {
  return {
    ...store,
    async create(session, limits) {
      const created = await store.create(session, limits)
      const { id: sessionId, userId, address } = session
      if (created) note('signed_in', { sessionId, userId, address })
      return created
    },
    async end(id, reason, event, where) {
      const ended = await store.end(id, reason, event, where)
      if (ended) note(event.kind, fieldsOf(event))
      return ended
    },
    async endAll(userId, reason, now, by) {
      const count = await store.endAll(userId, reason, now, by)
      if (count > 0) note('ended', { userId, address: by.address, detail: reason }, count)
      return count
    },
    async record(event, quietMs) {
      await store.record(event, quietMs)
      note(event.kind, fieldsOf(event))
    },
  }
}

/** Wraps a user store so that a password change, and the sessions that it ends, are counted in the metrics and logged. */
export function observePasswords(users: UserStore): UserStore {
  return {
    ...users,
    async setPassword(userId, passwordHash, now, by) {
      const changed = await users.setPassword(userId, passwordHash, now, by)
      if (changed === null) return null
      const { ended: count } = changed
      const { address } = by
      note('password_changed', { userId, address })
      if (count > 0) note('ended', { userId, address, detail: 'password_changed' }, count)
      return changed
    },
  }
}

function note(kind: SessionEventKind, fields: LogFields, count = 1): void {
  metrics().events.inc({ kind }, count)
  report(kind, fields)
}

function fieldsOf({ sessionId, userId, address, detail }: NewSessionEvent): LogFields {
  return { sessionId, userId, address, detail }
}
