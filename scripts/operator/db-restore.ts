import { resolve } from 'node:path'
import { restore } from '@/db/sqlite/backup/backup'
import { fileCommand } from './command'

await fileCommand('db:restore -- <backup>', async (database, file) => {
  const kept = await restore(database, resolve(file), new Date())
  console.log(kept ? `Restored; what was there is kept as ${kept}` : 'Restored')
})
