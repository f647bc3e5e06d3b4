import { encode } from 'next-auth/jwt'
import { nameOf, print } from './print.mjs'

const NAME = 'authjs.session-token'

await print(async (n) => {
  const token = { sub: String(n), name: nameOf(n), email: `${nameOf(n)}@example.com` }
  const sealed = await encode({ token, secret: process.env.AUTH_SECRET, salt: NAME })
  return `${NAME}=${sealed}`
})
