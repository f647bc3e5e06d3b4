import type pg from 'pg'
import { SEED } from './seed-values'

const { userAgent, address, passwordHash } = SEED

/** Fills an empty database with `count` sessions of half as many users, begun one after the other within the 30 days before `start`, with an event each. */
export async function fillPostgres(
  client: pg.Client,
  count: number,
  start = SEED.start,
): Promise<void> {
  // The formula of `seedKey`, in SQL.
  const key = (kind: string, n: string) => `left(md5('${kind} ' || ${n}), 22)`
  const began = `${start} - 2592000000 + n * 2592000000 / ${count}`
  await client.query(`
    INSERT INTO users (id, name, name_key, password_hash, created_at)
    SELECT ${key('user', 'n')}, 'person ' || n, 'person ' || n, '${passwordHash}', ${start}
    FROM generate_series(0, ${count} / 2) AS n`)
  await client.query(`
    INSERT INTO sessions
      (id, user_id, issued_at, idle_expires_at, expires_at, created_at, auth_time, user_agent, ip)
    SELECT ${key('session', 'n')}, ${key('user', 'n / 2')}, ${start},
      ${start} + 1209600000, ${began} + 2678400000, ${began}, ${began}, '${userAgent}', '${address}'
    FROM generate_series(0, ${count} - 1) AS n`)
  await client.query(`
    INSERT INTO session_events (kind, at, session_id, user_id, address, agent)
    SELECT 'signed_in', created_at, id, user_id, ip, user_agent FROM sessions`)
  await client.query(`
    INSERT INTO rate_limits SELECT 'account:' || name_key, 1, ${start} FROM users LIMIT ${count} / 10`)
  // They expire in a day. A server that pruned them would leave an empty table, which PostgreSQL reads whole.
  await client.query(`
    INSERT INTO retired_access_tokens
    SELECT left(md5('token ' || n), 22), ${start} + 86400000 + n FROM generate_series(1, ${count} / 10) AS n`)
  await client.query('VACUUM ANALYZE')
}
