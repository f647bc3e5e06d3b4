import Sqlite from 'better-sqlite3'

/** Opens the file that the environment names, as Rekindle opens its own, and makes its tables. */
export function openDatabase(tables) {
  const database = new Sqlite(process.env.DATABASE_FILE)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.exec(tables)
  return database
}
