import { expect, test } from '@playwright/test'
import { openSql } from '../support/server/sql'

/** Why the sessions of these states end. No other session may have ended. */
const MEANT: Readonly<Record<string, string>> = {
  stolen: 'reused',
  reused: 'reused',
  'ended-elsewhere': 'ended_elsewhere',
}

test('No session ended that was not meant to', { tag: '@verdict' }, () => {
  const sql = openSql(process.env.SHARED_DATABASE ?? '')
  const ended = sql.all<{ name: string; revoked_reason: string }>(
    'SELECT u.name, s.revoked_reason FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.revoked_at IS NOT NULL',
  )
  sql.close()
  const reasons = ended.map(({ name, revoked_reason: reason }) => [
    name.replace(/ \d+$/, ''),
    reason,
  ])
  expect(reasons.filter(([state = '', reason]) => MEANT[state] !== reason)).toEqual([])
  expect(ended).toHaveLength(60)
})
