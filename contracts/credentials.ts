import { z } from 'zod'

const count = (text: string) => [...text].length
const hasInvisible = (text: string) =>
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{DI}]/u.test(text)

/** A user name: 1 to 64 characters, shown as typed, unique without regard to case or composition (RFC 8265 §3.3). */
export const userName = z
  .string({ error: 'must be a text' })
  .meta({ description: '1 to 64 visible characters; case and composition do not tell names apart' })
  .transform((name) => name.normalize('NFKC').trim())
  .refine((name) => count(name) >= 1 && count(name) <= 64, {
    error: 'must be 1 to 64 characters long',
  })
  .refine((name) => !hasInvisible(name), { error: 'must not contain invisible characters' })

/** The name of a device: at most 40 visible characters. An empty text takes the name away, and becomes null. */
export const deviceName = z
  .string({ error: 'must be a text' })
  .transform((name) => name.normalize('NFC').trim())
  .refine((name) => count(name) <= 40, { error: 'must be at most 40 characters long' })
  .refine((name) => !hasInvisible(name), { error: 'must not contain invisible characters' })
  .transform((name) => (name === '' ? null : name))

/** A new password: 8 to 256 characters. A password is never truncated. */
export const newPassword = z
  .string({ error: 'must be a text' })
  .refine(
    (password) => {
      const length = count(password.normalize('NFC'))
      return length >= 8 && length <= 256
    },
    { error: 'must be 8 to 256 characters long' },
  )
  .meta({ description: '8 to 256 characters', format: 'password' })

/** A password to compare with the stored hash. It may have any length. */
export const givenPassword = z.string({ error: 'must be a text' }).meta({ format: 'password' })
