import { z } from 'zod'

const count = (text: string) => [...text].length

/** A user name: 1 to 64 characters, shown as typed, unique without regard to case or composition (RFC 8265 §3.3). */
export const userName = z
  .string({ error: 'must be a text' })
  .meta({ description: '1 to 64 visible characters; case and composition do not tell names apart' })
  .transform((name) => name.normalize('NFKC').trim())
  .refine((name) => count(name) >= 1 && count(name) <= 64, {
    error: 'must be 1 to 64 characters long',
  })
  .refine((name) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{DI}]/u.test(name), {
    error: 'must not contain invisible characters',
  })

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
