import { chmodSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { newUser } from '@/testing/database/samples'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'
import { openSqlite } from './database'

const directory = temporaryDirectory()
afterAll(() => directory.remove())

const file = join(directory.path, 'test.db')
const modes = () =>
  ['', '-wal', '-shm'].map((end) => (statSync(`${file}${end}`).mode & 0o777).toString(8))

it('only the owner can read the file and what SQLite keeps beside it, whatever the umask', async () => {
  const umask = process.umask(0)
  try {
    const database = await openSqlite(file)
    await database.users.create(newUser())
    expect(modes()).toEqual(['600', '600', '600'])
    for (const end of ['', '-wal', '-shm']) chmodSync(`${file}${end}`, 0o644)
    const next = await openSqlite(file)
    expect(modes()).toEqual(['600', '600', '600'])
    await next.close()
    await database.close()
  } finally {
    process.umask(umask)
  }
})
