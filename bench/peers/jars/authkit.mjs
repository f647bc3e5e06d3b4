import { sealData } from 'iron-session'
import { SignJWT } from 'jose'
import { signingKey } from '../stand-ins/key.mjs'
import { nameOf, print } from './print.mjs'

const key = await signingKey()

await print(async (n) => {
  const user = {
    object: 'user',
    id: `user_${n}`,
    email: `${nameOf(n)}@example.com`,
    emailVerified: true,
    firstName: nameOf(n),
    lastName: null,
    profilePictureUrl: null,
    createdAt: new Date(0).toISOString(),
    updatedAt: new Date(0).toISOString(),
  }
  const accessToken = await new SignJWT({ sid: `session_${n}` })
    .setProtectedHeader({ alg: 'RS256', kid: key.kid })
    .setSubject(user.id)
    .setIssuedAt()
    .setExpirationTime('12h')
    .setJti(crypto.randomUUID())
    .sign(key.privateKey)
  const session = { accessToken, refreshToken: crypto.randomUUID(), user }
  const sealed = await sealData(session, { password: process.env.WORKOS_COOKIE_PASSWORD, ttl: 0 })
  return `wos-session=${sealed}`
})
