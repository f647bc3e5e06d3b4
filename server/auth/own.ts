import 'server-only'
import type { ClaimsOf } from '@/session/tokens/claims'
import type { OwnUsers } from './own-users'

/**
 * Your own table of users. Without one, the users are the rows of the table `users`. See docs/decisions/0016-users.md.
 *
 * @example
 * export const ownUsers: OwnUsers | null = {
 *   async find(id) {
 *     const person = await people.findById(id)
 *     return person && { id, name: person.fullName, disabled: person.blockedAt !== null }
 *   },
 * }
 */
export const ownUsers: OwnUsers | null = null

/**
 * The additional claims of every access token. Without a function there are none.
 *
 * @example
 * export const claimsOf: ClaimsOf | null = async (user) => ({ roles: await rolesOf(user.id) })
 */
export const claimsOf: ClaimsOf | null = null
