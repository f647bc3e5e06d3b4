import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'
import { openConnection } from '../connection'
import { prepareAge } from './age'
import { preparePrune } from './prune'
import { sqliteSessions } from './store'
import { sqliteUsers } from './users'

it('every statement finds its rows by an index', async () => {
  const directory = temporaryDirectory()
  const connection = await openConnection(join(directory.path, 'test.db'))
  const prepared = vi.spyOn(connection.client, 'prepare')
  sqliteSessions(connection)
  sqliteUsers(connection)
  preparePrune(connection)
  prepareAge(connection)
  const sources = prepared.mock.calls.map(([source]) => source)
  expect(sources.length).toBeGreaterThan(15)

  for (const source of sources) {
    const parameters = Array.from(source.matchAll(/\?/g), () => 1)
    const plan = connection.client
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${source}`)
      .all(...parameters)
      .map((step) => step.detail)
    // `json_each` is a parameter's own list, and no table.
    expect(
      plan.filter((step) => /^SCAN (?!CONSTANT|json_each )/.test(step)),
      source,
    ).toEqual([])
    if (source.includes("'alert_dismissed'")) expect(plan.join()).toContain('alerts_of_user')
    // Only the list of a user's few sessions is sorted without an index.
    const sorted = source.includes('order by "sessions"."issued_at"')
    expect(
      plan.some((step) => step.includes('TEMP B-TREE')),
      source,
    ).toBe(sorted)
  }
  connection.client.close()
  directory.remove()
})
