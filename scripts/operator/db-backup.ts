import { resolve } from 'node:path'
import { backUp } from '@/db/sqlite/backup/backup'
import { fileCommand } from './command'

await fileCommand('db:backup -- <new file>', async (database, file) => {
  await backUp(database, resolve(file))
  console.log(`Copied to ${file}, checked`)
})
