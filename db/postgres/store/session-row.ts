import { getTableColumns, isNotNull, sql } from 'drizzle-orm'
import { sessions, users } from '../schema'

/** The columns of a `Session`, of the tables `sessions` and `users` joined. */
export const sessionRow = {
  ...getTableColumns(sessions),
  userName: users.name,
  userVerified: users.verified,
  userHasPassword: sql`${users.passwordHash} <> ''`.mapWith(Boolean),
  userDisabled: isNotNull(users.disabledAt).mapWith(Boolean),
}
