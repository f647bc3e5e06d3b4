import { getMigrations } from 'better-auth/db/migration'
import { auth } from '../apps/better-auth/auth.js'
import { nameOf, print } from './print.mjs'

// Makes the tables, and signs users up in this process, as a request would.
await (await getMigrations(auth.options)).runMigrations()
await print(async (n) => {
  const { headers } = await auth.api.signUpEmail({
    body: { name: nameOf(n), email: `${nameOf(n)}@example.com`, password: 'keep-me-signed-in' },
    returnHeaders: true,
  })
  const lines = headers.getSetCookie()
  return lines.map((line) => line.split(';', 1)[0]).join('; ')
})
