import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'
import { openDatabase } from './open'

const directory = temporaryDirectory()
afterAll(() => directory.remove())

it('makes the directory of a new file', async () => {
  const file = join(directory.path, 'a/b/test.db')
  for (const url of [`file:${file}`, `file://${file}`]) {
    const database = await openDatabase(url)
    await database.ping()
    await database.close()
  }
  expect(existsSync(file)).toBe(true)
})

it('names DATABASE_URL, and no password, when it cannot open', async () => {
  const text = join(directory.path, 'text')
  writeFileSync(text, 'not a database, by any length of it'.repeat(100))
  const urls = [
    'postgres://app:secret@127.0.0.1:1/db',
    'postgresql://app:secret@127.0.0.1:1/db',
    'postgres://app:secret@[/db',
    'postgres://app:secr%et@127.0.0.1:1/db',
    'postgres:app:secret',
    'mysql://app:secret@host/db',
    '',
    'file:',
    'file::memory:',
    'file:test.db?mode=ro',
    `file:${text}`,
    `file:${text}/test.db`,
  ]
  for (const url of urls) {
    const message = await openDatabase(url, { openTimeoutMs: 100 }).then(
      () => 'opened',
      (error: Error) => error.message,
    )
    expect(message).toMatch(/^DATABASE_URL: /)
    expect(message).not.toContain('secret')
  }
})
