import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newUser } from '@/testing/database/samples'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'
import { openSqlite } from '../database'
import { backUp, restore } from './backup'

const NOON = new Date('2026-11-24T12:00:00Z')
let directory: ReturnType<typeof temporaryDirectory>
const at = (name: string) => join(directory.path, name)
const files = () => readdirSync(directory.path).sort()

beforeEach(() => {
  directory = temporaryDirectory()
})
afterEach(() => directory.remove())

it('copies an open database, what stands in its WAL included, for its owner alone', async () => {
  const database = await openSqlite(at('live.db'))
  const user = newUser()
  await database.users.create(user)
  await backUp(at('live.db'), at('copy.db'))
  expect(statSync(at('copy.db')).mode & 0o777).toBe(0o600)
  await database.close()
  expect(files()).toEqual(['copy.db', 'live.db'])

  const copy = await openSqlite(at('copy.db'))
  expect(await copy.users.findById(user.id)).toMatchObject({ name: user.name })
  await copy.close()
})

it('is done while another connection writes without a pause', async () => {
  const database = await openSqlite(at('live.db'))
  await database.users.create(newUser({ passwordHash: 'x'.repeat(4_000_000) }))
  let isDone = false
  let added = 0
  const writing = (async () => {
    // A write resolves at once, so without a pause nothing else in this process would run.
    for (; !isDone && added < 2000; added++)
      await database.users.create(newUser()).then(() => turn())
  })()
  await backUp(at('live.db'), at('copy.db'))
  isDone = true
  await writing
  expect(added).toBeGreaterThan(0)
  expect(added).toBeLessThan(2000)
  await database.close()
})

it('never overwrites a file, and leaves nothing half done', async () => {
  await (await openSqlite(at('live.db'))).close()
  writeFileSync(at('copy.db'), 'mine')
  await expect(backUp(at('live.db'), at('copy.db'))).rejects.toThrow('EEXIST')
  await expect(backUp(at('none.db'), at('other.db'))).rejects.toThrow('unable to open')
  expect(readFileSync(at('copy.db'), 'utf8')).toBe('mine')
  expect(files()).toEqual(['copy.db', 'live.db'])
})

it('removes what a killed copy left behind, and nothing that another process is still writing', async () => {
  await (await openSqlite(at('live.db'))).close()
  const { pid: dead } = spawnSync(process.execPath, ['-e', ''])
  const leave = (pid: number | undefined) => {
    const name = `.rekindle-unfinished-${pid}-AbC123`
    mkdirSync(at(name))
    writeFileSync(join(at(name), 'database'), 'half')
    return name
  }
  const [living] = [leave(process.ppid), leave(dead), leave(process.pid)]
  await Promise.all([backUp(at('live.db'), at('one.db')), backUp(at('live.db'), at('two.db'))])
  expect(files()).toEqual([living, 'live.db', 'one.db', 'two.db'])
})

it('puts a backup in the place of the database, and keeps what was there', async () => {
  const [before, after] = [newUser(), newUser()]
  const database = await openSqlite(at('live.db'))
  await database.users.create(before)
  await backUp(at('live.db'), at('copy.db'))
  await database.users.create(after)
  await expect(restore(at('live.db'), at('copy.db'), NOON)).rejects.toThrow('stop the server first')
  expect(await database.users.findById(after.id)).not.toBeNull()
  await database.close()

  const kept = at('live.db.replaced-20261124T120000Z')
  expect(await restore(at('live.db'), at('copy.db'), NOON)).toBe(kept)
  expect(files()).toEqual(['copy.db', 'live.db', 'live.db.replaced-20261124T120000Z'])
  expect(statSync(at('live.db')).mode & 0o777).toBe(0o600)
  for (const [file, expected] of [
    [at('live.db'), null],
    [kept, { id: after.id }],
  ] as const) {
    const opened = await openSqlite(file)
    expect(await opened.users.findById(before.id)).not.toBeNull()
    const found = await opened.users.findById(after.id)
    if (expected) expect(found).toMatchObject(expected)
    else expect(found).toBeNull()
    await opened.close()
  }
})

it('gives the restored file to the owner of the one before, or of its folder', async () => {
  const database = await openSqlite(at('live.db'))
  await backUp(at('live.db'), at('copy.db'))
  await database.close()
  // Only root may change the owner of a file.
  if (process.getuid?.() === 0) chownSync(at('live.db'), 65_534, 65_533)
  const ownerOf = (path: string) => ({ uid: statSync(path).uid, gid: statSync(path).gid })
  const before = ownerOf(at('live.db'))
  await restore(at('live.db'), at('copy.db'), NOON)
  expect(ownerOf(at('live.db'))).toEqual(before)

  mkdirSync(at('new'))
  chownSync(at('new'), before.uid, before.gid)
  await restore(at('new/live.db'), at('copy.db'), NOON)
  expect(ownerOf(at('new/live.db'))).toEqual(before)
})

it('restores where there is no database, or one that is damaged beyond reading', async () => {
  const database = await openSqlite(at('live.db'))
  await backUp(at('live.db'), at('copy.db'))
  await database.close()
  expect(await restore(at('new.db'), at('copy.db'), NOON)).toBeNull()
  writeFileSync(at('live.db'), 'x'.repeat(8192))
  expect(await restore(at('live.db'), at('copy.db'), NOON)).toContain('replaced')
  for (const name of ['new.db', 'live.db']) await (await openSqlite(at(name))).close()
})

it('does not restore a file that is damaged, or is not a database of Rekindle', async () => {
  const database = await openSqlite(at('live.db'))
  for (let n = 0; n < 200; n++) await database.users.create(newUser())
  await backUp(at('live.db'), at('copy.db'))
  await database.close()
  const bytes = readFileSync(at('copy.db'))
  bytes.fill(0xff, 4096, bytes.length)
  writeFileSync(at('damaged.db'), bytes)
  writeFileSync(at('text.db'), 'not a database, but some text')
  writeFileSync(at('empty.db'), '')
  const before = readFileSync(at('live.db'))
  for (const name of ['damaged.db', 'text.db', 'empty.db']) {
    await expect(restore(at('live.db'), at(name), NOON)).rejects.toThrow(
      /damaged|malformed|not a database|no database of ours/,
    )
  }
  expect(readFileSync(at('live.db')).equals(before)).toBe(true)
  expect(files()).toEqual(['copy.db', 'damaged.db', 'empty.db', 'live.db', 'text.db'])
})
