import { chownSync, closeSync, existsSync, fsyncSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { moveNoOverwrite } from './move-no-overwrite'
import { withTemporaryDirectory } from './temporary-directory'

const EVERY_PAGE = 0x7fffffff
const MINE_ALONE = 0o600

/**
 * Copies the database, while servers write to it, into a new file that only its owner can read: one whole state, checked, on disk.
 * Throws where `copy` exists, or the database does not.
 */
export async function backUp(file: string, copy: string): Promise<void> {
  await withTemporaryDirectory(dirname(copy), async (unfinished) => {
    await copyWhole(file, unfinished)
    moveNoOverwrite(unfinished, copy)
    sync(dirname(copy))
  })
}

/**
 * Puts a backup in the place of the database, for the same owner, and keeps what was there under another name, which it
 * returns: null if nothing was. Throws where the backup is no whole database of ours, or a server has the database open; then
 * nothing has changed.
 */
export async function restore(file: string, copy: string, now: Date): Promise<string | null> {
  return withTemporaryDirectory(dirname(file), async (fresh) => {
    await copyWhole(copy, fresh)
    giveToOwnerOf(existsSync(file) ? file : dirname(file), fresh)
    const kept = setAside(file, `${file}.replaced-${stamp(now)}`)
    moveNoOverwrite(fresh, file)
    sync(dirname(file))
    return kept
  })
}

/** Throws unless what was copied is whole. */
async function copyWhole(file: string, copy: string): Promise<void> {
  closeSync(openSync(copy, 'wx', MINE_ALONE))
  // Not read-only: that could not take away the WAL which it makes where no server runs.
  const client = new Sqlite(file, { fileMustExist: true })
  try {
    // In a single step: one that is cut up begins anew whenever a server has written between.
    await client.backup(copy, { progress: () => EVERY_PAGE })
  } finally {
    client.close()
  }
  check(copy)
  sync(copy)
}

/** Throws unless the file is whole and holds sessions. Leaves it a single file. */
function check(file: string): void {
  const client = new Sqlite(file)
  try {
    client.pragma('journal_mode = DELETE')
    const verdict = client.pragma('integrity_check', { simple: true })
    if (verdict !== 'ok') throw new Error(`The database is damaged: ${verdict}`)
    const tables = "SELECT count(*) FROM sqlite_master WHERE name IN ('users', 'sessions')"
    if (client.prepare(tables).pluck().get() !== 2) throw new Error('This is no database of ours')
  } finally {
    client.close()
  }
}

/** Whoever restores is root, often, and the server is not: it could not open what is root's. */
function giveToOwnerOf(place: string, file: string): void {
  const { uid, gid } = statSync(place)
  const mine = statSync(file)
  if (uid !== mine.uid || gid !== mine.gid) chownSync(file, uid, gid)
}

/** Moves the database away with all that belongs to it. Throws where another process has it open. */
function setAside(file: string, kept: string): string | null {
  const client = openIfThere(file)
  if (!client) return null
  try {
    // Leaving WAL needs the file for oneself, which whoever has it open prevents; and it leaves nothing beside the file.
    client.pragma('journal_mode = DELETE')
  } catch (error) {
    if (Object(error).code === 'SQLITE_BUSY') {
      throw new Error('A process has the database open: stop the server first')
    }
    // Else it is too damaged to be asked, which may be why there is a restore.
  } finally {
    client.close()
  }
  for (const end of ['', '-wal', '-shm', '-journal']) {
    if (existsSync(file + end)) moveNoOverwrite(file + end, kept + end)
  }
  return kept
}

function openIfThere(file: string): Sqlite.Database | null {
  try {
    return new Sqlite(file, { fileMustExist: true, timeout: 0 })
  } catch (error) {
    if (Object(error).code === 'SQLITE_CANTOPEN') return null
    throw error
  }
}

function sync(path: string): void {
  const handle = openSync(path, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

/** For a file's name: 20261124T125900Z. */
function stamp(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '')
}
