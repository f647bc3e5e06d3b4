import { type AnyColumn, type SQL, sql } from 'drizzle-orm'
import { bigint, boolean, customType, index, integer, pgTable } from 'drizzle-orm/pg-core'
import type { EndReason, SessionEventKind } from '@/session/session'

/**
 * Text that is compared byte by byte. An index in a language's order breaks when an upgrade of the operating system
 * changes that order: rows exist and are not found.
 */
const text = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' })
/** The length of a slot of `expirySlot`, in milliseconds. */
export const EXPIRY_SLOT_MS = 600_000
/** Milliseconds since the Unix epoch. */
const time = (name: string) => bigint(name, { mode: 'number' })

/** The users. */
export const users = pgTable('users', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  nameKey: text('name_key').notNull().unique(),
  passwordHash: text('password_hash').notNull(),
  createdAt: time('created_at').notNull(),
  disabledAt: time('disabled_at'),
  verified: boolean('verified').notNull().default(false),
})

/** The ten minutes in which a session expires, counted since the Unix epoch. An index stores a value that many rows share once. */
export function expirySlot({ expiresAt }: { expiresAt: AnyColumn }): SQL {
  return sql`(${expiresAt} / ${sql.raw(String(EXPIRY_SLOT_MS))})`
}

/**
 * The sessions. Some columns keep an older name, as on SQLite (`db/sqlite/schema.ts`).
 *
 * No index covers a column that a rotation writes, so a rotation is a HOT update: it stays on its page and changes no index.
 * Columns of four bytes stand before those of eight, and texts last, so that no row is padded.
 */
export const sessions = pgTable(
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
    issuedAt: time('issued_at').notNull(),
    idleExpiresAt: time('idle_expires_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    createdAt: time('created_at').notNull(),
    /** When the user last proved the password in this session. */
    authTime: time('auth_time').notNull(),
    endedAt: time('revoked_at'),
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
    index('sessions_by_expiry').on(expirySlot(table)),
  ],
)

/** Matches the events that raise or clear a user's security alert. The latest of them says whether there is an alert. */
export function isAlert({ kind }: { kind: AnyColumn }): SQL {
  return sql`${kind} IN ('reuse_detected', 'alert_dismissed', 'password_changed')`
}

/** The events. They outlive their session, which is pruned sooner, but not their user. */
export const sessionEvents = pgTable(
  'session_events',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    kind: text('kind').notNull().$type<SessionEventKind>(),
    at: time('at').notNull(),
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
export const retiredAccessTokens = pgTable(
  'retired_access_tokens',
  {
    tokenId: text('jti').primaryKey(),
    expiresAt: time('expires_at').notNull(),
  },
  (table) => [index('retired_by_expiry').on(table.expiresAt)],
)

/** The rate limits. RateLimiterPostgres of rate-limiter-flexible expects the columns in this order. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    key: text('key').primaryKey(),
    points: integer('points').notNull().default(0),
    expire: time('expire'),
  },
  (table) => [index('rate_limits_by_expiry').on(table.expire)],
)
