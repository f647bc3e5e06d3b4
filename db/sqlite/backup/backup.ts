import { chownSync, closeSync, existsSync, fsyncSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { moveNoOverwrite } from './move-no-overwrite'
import { withTemporaryDirectory } from './temporary-directory'

const EVERY_PAGE = 0x7fffffff
const OWNER_ONLY = 0o600

/**
 * Copies the database into a new file, while servers may write to it. The copy is one consistent state, has passed an
 * integrity check, is on disk, and is readable for its owner only.
 * @throws Error if `copy` exists, the database does not exist, or the copy is damaged.
 */
export async function backUp(file: string, copy: string): Promise<void> {
  await withTemporaryDirectory(dirname(copy), async (unfinished) => {
    await copyWhole(file, unfinished)
    moveNoOverwrite(unfinished, copy)
    sync(dirname(copy))
  })
}

/**
 * Puts a backup in the place of the database, with the same owner. Returns the name under which the previous database is
 * kept, which holds the time `now`, or null if there was none.
 * @throws Error if the backup is damaged or not a database of Rekindle, or if a server has the database open. Then nothing
 * has changed.
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

/** Copies `file` to `copy`, and throws if the copy is damaged. */
async function copyWhole(file: string, copy: string): Promise<void> {
  closeSync(openSync(copy, 'wx', OWNER_ONLY))
  // A read-only handle could not remove the WAL that it creates when no server runs.
  const client = new Sqlite(file, { fileMustExist: true })
  try {
    // One step copies every page: a copy in several steps restarts whenever a server writes between two of them.
    await client.backup(copy, { progress: () => EVERY_PAGE })
  } finally {
    client.close()
  }
  check(copy)
  sync(copy)
}

/** Throws unless the file passes the integrity check and has the tables of Rekindle. Leaves no WAL beside it. */
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

/** Gives `file` the owner of `place`. Restores are often run as root, and the server could not open a file of root. */
function giveToOwnerOf(place: string, file: string): void {
  const { uid, gid } = statSync(place)
  const current = statSync(file)
  if (uid !== current.uid || gid !== current.gid) chownSync(file, uid, gid)
}

/** Moves the database and the files beside it to the name `kept`. Throws if another process has it open. */
function setAside(file: string, kept: string): string | null {
  const client = openIfThere(file)
  if (!client) return null
  try {
    // Leaving WAL mode takes an exclusive lock, so it fails if another process has the file open. It also removes the WAL.
    client.pragma('journal_mode = DELETE')
  } catch (error) {
    if (Object(error).code === 'SQLITE_BUSY') {
      throw new Error('A process has the database open: stop the server first')
    }
    // Any other error means that the database is damaged, which may be the reason for the restore.
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

/** The time as part of a file name, such as 20261124T125900Z. */
function stamp(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '')
}
