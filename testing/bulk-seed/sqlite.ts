import type Sqlite from 'better-sqlite3'
import { SEED, seedKey } from './seed-values'

const { userAgent, address, passwordHash } = SEED

/** Fills an empty database with `count` sessions of half as many users, begun one after the other within the 30 days before `start`, with an event each. */
export function fillSqlite(client: Sqlite.Database, count: number, start = SEED.start): void {
  client.function('key', { deterministic: true }, (kind, n) =>
    seedKey(kind as 'user' | 'session', Number(n)),
  )
  const began = `(${start} - 2592000000 + n * 2592000000 / ${count})`
  const numbers = (last: number) =>
    `WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${last})`
  client.pragma('cache_size = -500000')
  client.exec(`
    BEGIN;
    ${numbers(Math.floor(count / 2))}
    INSERT INTO users (id, name, name_key, password_hash, created_at)
    SELECT key('user', n), 'person ' || n, 'person ' || n, '${passwordHash}', ${start} FROM numbers;
    ${numbers(count - 1)}
    INSERT INTO sessions
      (id, user_id, issued_at, idle_expires_at, expires_at, created_at, auth_time, user_agent, ip)
    SELECT key('session', n), key('user', n / 2), ${start},
      ${start} + 1209600000, ${began} + 2678400000, ${began}, ${began}, '${userAgent}', '${address}'
    FROM numbers;
    INSERT INTO session_events (kind, at, session_id, user_id, address, agent)
    SELECT 'signed_in', created_at, id, user_id, ip, user_agent FROM sessions;
    COMMIT;`)
  client.pragma('wal_checkpoint(TRUNCATE)')
}
