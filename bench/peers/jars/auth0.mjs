import { generateSessionCookie } from '@auth0/nextjs-auth0/testing'
import { nameOf, print } from './print.mjs'

const HOUR = 3600

await print(async (n) => {
  const now = Math.floor(Date.now() / 1000)
  const session = {
    user: { sub: `auth0|${n}`, name: nameOf(n), email: `${nameOf(n)}@example.com` },
    tokenSet: {
      accessToken: crypto.randomUUID(),
      refreshToken: crypto.randomUUID(),
      expiresAt: now + 12 * HOUR,
    },
    internal: { sid: `session-${n}`, createdAt: now },
  }
  return `__session=${await generateSessionCookie(session, { secret: process.env.AUTH0_SECRET })}`
})
