import { type AnyColumn, type SQL, sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { EndReason, SessionEventKind } from '@/session/session'

/** The users. */
export const users = sqliteTable('users', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  nameKey: text('name_key').notNull().unique(),
  passwordHash: text('password_hash').notNull(),
  createdAt: integer('created_at').notNull(),
  disabledAt: integer('disabled_at'),
  verified: integer('verified', { mode: 'boolean' }).notNull().default(false),
})

/**
 * The sessions. Some columns keep an older name, as a migration must not disturb the version before it: `endedAt` and `endedReason`
 * are `revoked_at` and `revoked_reason`, `address` is `ip`, `oauthClientId` is `client_id`. In events, `userAgent` is `agent`.
 *
 * No index covers a column that a rotation writes: that would double the cost of the hottest statement.
 */
export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    generation: integer('generation').notNull().default(0),
    branch: integer('branch').notNull().default(0),
    parentBranch: integer('parent_branch').notNull().default(0),
    /** How many renewals have written this row: rotations, reissues, adoptions, and the one that binds it to an OAuth client. */
    renewals: integer('renewals').notNull().default(0),
    issuedAt: integer('issued_at').notNull(),
    idleExpiresAt: integer('idle_expires_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    createdAt: integer('created_at').notNull(),
    /** When the user last proved the password in this session. */
    authTime: integer('auth_time').notNull(),
    endedAt: integer('revoked_at'),
    endedReason: text('revoked_reason').$type<EndReason>(),
    userAgent: text('user_agent').notNull(),
    address: text('ip').notNull(),
    /** The OAuth client that the refresh tokens belong to, set when the client first presents one. */
    oauthClientId: text('client_id'),
    /** The name that the user has given the device; null if none. */
    deviceName: text('device_name'),
  },
  (table) => [
    index('sessions_of_user').on(table.userId, table.endedAt),
    index('sessions_by_expiry').on(table.expiresAt),
  ],
)

/** Matches the events that raise or clear a user's security alert. The latest of them says whether there is an alert. */
export function isAlert({ kind }: { kind: AnyColumn }): SQL {
  return sql`${kind} IN ('reuse_detected', 'alert_dismissed', 'password_changed')`
}

/** The events. They outlive their session, which is pruned sooner, but not their user. */
export const sessionEvents = sqliteTable(
  'session_events',
  {
    id: integer('id').primaryKey(),
    kind: text('kind').notNull().$type<SessionEventKind>(),
    at: integer('at').notNull(),
    /** Null for an event that happened outside any session. */
    sessionId: text('session_id'),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    address: text('address').notNull(),
    userAgent: text('agent').notNull(),
    detail: text('detail'),
  },
  (table) => [
    index('events_of_session').on(table.sessionId, table.at),
    index('events_of_user').on(table.userId, table.at, table.id),
    index('alerts_of_user').on(table.userId, table.at, table.id).where(isAlert(table)),
    index('events_by_age').on(table.at),
  ],
)

/** Access tokens that were retired before they expired, by `jti` (RFC 7519 §4.1.7). */
export const retiredAccessTokens = sqliteTable(
  'retired_access_tokens',
  {
    tokenId: text('jti').primaryKey(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('retired_by_expiry').on(table.expiresAt)],
)

/** The rate limits, as RateLimiterSQLite of rate-limiter-flexible expects them. */
export const rateLimits = sqliteTable(
  'rate_limits',
  {
    key: text('key').primaryKey(),
    points: integer('points').notNull().default(0),
    expire: integer('expire'),
  },
  (table) => [index('rate_limits_by_expiry').on(table.expire)],
)
