import { describe, expect, it, vi } from 'vitest'
import { SessionError } from '@/session/errors'
import type { Session } from '@/session/session'
import { createUserOf, findOwnUser, type OwnUser } from './own-users'

const session = {
  userId: 'u1',
  userName: 'Ada',
  userDisabled: false,
  userHasPassword: false,
} as Session
const finds = (user: unknown) => ({ find: async () => user as OwnUser | null })

describe('a user of an own table', () => {
  it('has a name that can be stored and shown', async () => {
    const shown = async (name: string) => (await findOwnUser(finds({ id: 'u1', name }), 'u1'))?.name
    expect(await shown('Ada Lovelace')).toBe('Ada Lovelace')
    expect(await shown(' a\0b\n\ud800\u202ec ')).toBe('a b c')
    expect(await shown('')).toBe('u1')
    expect(await shown('👩‍🚀')).toBe('👩‍🚀')
    expect([...((await shown('🔥'.repeat(500))) ?? '')]).toHaveLength(128)
  })

  it.each(['', ' u1', 'u1\n', 'é', '\0', 'x'.repeat(129)])(
    'is not asked for by an id that no token could carry: %j',
    async (id) => {
      const find = vi.fn(async () => ({ id, name: 'Ada' }))
      expect(await findOwnUser({ find }, id)).toBeNull()
      expect(find).not.toHaveBeenCalled()
    },
  )

  it('must have the id that was asked for, in the same case', async () => {
    const wrong = findOwnUser(finds({ id: 'U1', name: 'Ada' }), 'u1').catch((thrown) => thrown)
    expect(await wrong).not.toBeInstanceOf(SessionError)
    expect((await wrong).message).toBe('ownUsers.find returned a user of another id')
  })

  it('is gone if the table has null or undefined, and unknown for now if it fails', async () => {
    expect(await findOwnUser(finds(null), 'u1')).toBeNull()
    expect(await findOwnUser(finds(undefined), 'u1')).toBeNull()
    const failing = { find: () => Promise.reject(new Error('down')) }
    await expect(findOwnUser(failing, 'u1')).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('the session of a user of an own table', () => {
  const follow = async (user: unknown, of: Session = session) => {
    const mirror = vi.fn(async () => true)
    const now = await createUserOf(finds(user), { mirror }, () => 7)(of)
    return { now, mirror }
  }

  it('is left as it is while nothing has changed, and nothing is written', async () => {
    const { now, mirror } = await follow({ id: 'u1', name: 'Ada' })
    expect(now).toEqual(session)
    expect(mirror).not.toHaveBeenCalled()
  })

  it('follows a name, a disabling and a deletion', async () => {
    const renamed = await follow({ id: 'u1', name: 'Ada L.' })
    expect(renamed.now).toEqual({ ...session, userName: 'Ada L.' })
    expect(renamed.mirror).toHaveBeenCalledExactlyOnceWith({
      id: 'u1',
      name: 'Ada L.',
      createdAt: 7,
    })
    const disabled = await follow({ id: 'u1', name: 'Ada L.', disabled: true })
    expect(disabled.now).toMatchObject({ userDisabled: true })
    expect(disabled.mirror).not.toHaveBeenCalled()
    expect((await follow(null)).now).toBeNull()
  })

  it('is never enabled by the own table, and a user with a password keeps the name', async () => {
    const off = await follow({ id: 'u1', name: 'Ada' }, { ...session, userDisabled: true })
    expect(off.now).toMatchObject({ userDisabled: true })
    const withPassword = { ...session, userHasPassword: true }
    const kept = await follow({ id: 'u1', name: 'Mallory' }, withPassword)
    expect(kept.now).toEqual(withPassword)
    expect(kept.mirror).not.toHaveBeenCalled()
  })
})
