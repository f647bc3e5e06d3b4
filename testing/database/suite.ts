import { afterEach, beforeEach } from 'vitest'
import type { Database, NewUser } from '@/db/database'
import type { NewSession } from '@/session/session'
import { newSession, newUser, START } from './samples'

/** A database that one test has for itself. */
export interface TestDatabase {
  readonly database: Database
  /** Another handle on the same rows, as another process has. */
  reopen(): Promise<Database>
  /** Runs statements without parameters in the rows, as an operator does. */
  operate(statements: string): Promise<void>
  /** Closes every handle and removes the database. */
  dispose(): Promise<void>
}

/** Opens a database for one test. */
export type OpenTestDatabase = () => Promise<TestDatabase>

/** Gives each test of the surrounding `describe` a fresh database with one user in it. */
export function eachTestsDatabase(open: OpenTestDatabase) {
  let test: TestDatabase
  let user: NewUser
  beforeEach(async () => {
    test = await open()
    user = newUser()
    await test.database.users.create(user)
  })
  afterEach(() => test.dispose())
  return {
    get database() {
      return test.database
    },
    get sessions() {
      return test.database.sessions
    },
    get users() {
      return test.database.users
    },
    get user() {
      return user
    },
    reopen: () => test.reopen(),
    operate: (statements: string) => test.operate(statements),
    disable: (userId: string) =>
      test.operate(`UPDATE users SET disabled_at = ${START} WHERE id = '${userId}'`),
    /** Signs the user in and returns the session's id. */
    async signIn(
      session: Partial<NewSession> = {},
      limits: { replaces?: string; maxLive?: number } = {},
    ) {
      const made = newSession({ userId: user.id, ...session })
      const begins = { replaces: null, maxLive: 100, ...limits }
      if (!(await test.database.sessions.create(made, begins))) throw new Error('no sign-in')
      return made.id
    },
  }
}
