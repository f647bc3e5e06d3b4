import { execFile } from 'node:child_process'
import { chown, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries, Owner } from './binaries'

const MEMORY = '/dev/shm'
const run = promisify(execFile)

/** Creates a directory for a server, owned by `owner`; on a disk if `isSynced`. */
export async function makeDirectory(owner: Owner, isSynced: boolean): Promise<string> {
  const directory = await mkdtemp(join(isSynced ? tmpdir() : await roomyPlace(), 'rekindle-pg-'))
  await own(directory, owner)
  return directory
}

/** The parent directory of unsynced data: memory if it has room, which is ten times as fast as a disk. */
async function roomyPlace(): Promise<string> {
  const memory = await statfs(MEMORY).catch(() => null)
  const isRoomy = memory !== null && memory.bavail * memory.bsize > 4 * 2 ** 30
  return isRoomy ? MEMORY : tmpdir()
}

async function own(path: string, { uid, gid }: Owner): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid)
}

/** Creates the data directory `directory`/data, with one superuser. */
export async function initialise(
  { initdb }: Binaries,
  owner: Owner,
  directory: string,
  { user, password }: { user: string; password: string },
): Promise<void> {
  const passwordFile = join(directory, 'password')
  await writeFile(passwordFile, password)
  await own(passwordFile, owner)
  await run(
    initdb,
    [
      ...['-D', join(directory, 'data'), '-U', user, '--pwfile', passwordFile],
      ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'],
      ...['--no-sync', '--no-instructions'],
    ],
    owner,
  )
}

/** Copies a data directory, without the file that names the process which serves it. */
export async function copyData(from: string, to: string): Promise<void> {
  await run('cp', ['-a', from, to])
  await rm(join(to, 'postmaster.pid'), { force: true })
}
