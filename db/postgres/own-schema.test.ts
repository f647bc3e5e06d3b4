import { expect, it } from 'vitest'
import { LONG_TIMEOUTS, newSession, newUser } from '@/testing/database/samples'
import { createDatabase, operate } from '@/testing/database/temporary-postgres'
import { openDatabase } from '../open'

it('keeps to the schema with the name of its role, beside tables of an app with the same names', async () => {
  const { url, drop } = await createDatabase()
  const { username } = new URL(url)
  await operate(url, `CREATE SCHEMA ${username}`)
  for (const name of ['users', 'sessions', '__drizzle_migrations']) {
    await operate(url, `CREATE TABLE public.${name} (belongs_to_the_app text)`)
  }

  const database = await openDatabase(url, LONG_TIMEOUTS)
  try {
    const user = newUser()
    await database.users.create(user)
    await database.sessions.create(newSession({ userId: user.id }), { replaces: null, maxLive: 9 })
    const count = async (table: string) => (await operate(url, `SELECT FROM ${table}`)).rows.length
    expect(await count(`${username}.sessions`)).toBe(1)
    for (const name of ['users', 'sessions', '__drizzle_migrations']) {
      expect(await count(`public.${name}`)).toBe(0)
    }
  } finally {
    await database.close()
    await drop()
  }
})
