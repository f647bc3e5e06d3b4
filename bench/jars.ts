import { services } from '@/server/composition'
import { APP_ORIGIN, type LoadRequest } from './load'

/** The cookies of one signed-in client, kept up to date as a browser does. */
export interface Jar {
  access: string
  refresh: string
}

/** How many sessions a user of the benchmark has. No user may have more than a hundred. */
const SESSIONS_OF_USER = 50
const SETTINGS = {
  APP_ORIGIN,
  ACCESS_TOKEN_SECRET: 'bench-access-token-secret-32-characters',
  REFRESH_TOKEN_SECRET: 'bench-refresh-token-secret-32-characters',
  ACCESS_TOKEN_TTL: '12h',
  // With no grace every refresh of a current token rotates.
  REFRESH_GRACE: '0',
}
let users = 0

/** The environment of a server on this database. Access tokens stay good, and every refresh rotates. */
export function rekindleEnvironment(databaseUrl: string): Record<string, string> {
  return { ...SETTINGS, DATABASE_URL: databaseUrl }
}

/** Composes the app in this process on the database that this environment names. A benchmark uses several, one after the other. */
export function servicesOn(env: Record<string, string>): ReturnType<typeof services> {
  Object.assign(process.env, env)
  // Without this, the services of the first database would be kept for ever.
  Object.assign(globalThis, { rekindle: undefined })
  return services()
}

/**
 * Signs in `count` clients on the database that this environment names, `agoMs` milliseconds ago.
 */
export async function makeJars(
  count: number,
  env: Record<string, string>,
  agoMs = 0,
): Promise<Jar[]> {
  const { engine, database } = await servicesOn(env)
  const jars: Jar[] = []
  let user = { id: '', name: '', passwordHash: null }
  while (jars.length < count) {
    if (jars.length % SESSIONS_OF_USER === 0) {
      if (agoMs > 0 && user.id !== '') await database.age(user.id, agoMs)
      const name = `user-${String(++users).padStart(4, '0')}`
      user = { id: crypto.randomUUID(), name, passwordHash: null }
      await database.users.create({ ...user, nameKey: name, createdAt: Date.now() })
    }
    const grant = await engine.start(user, { address: '127.0.0.1', userAgent: 'bench' }, [])
    if (!grant) throw new Error('the users of the benchmark were changed')
    jars.push({ access: grant.access.token, refresh: grant.refresh?.token ?? '' })
  }
  if (agoMs > 0) await database.age(user.id, agoMs)
  await database.close()
  return jars
}

/** Requests a page with these `Cookie` headers in turn. */
export function pageWith(cookies: readonly string[], path: string) {
  return (index: number): LoadRequest => ({
    method: 'GET',
    path,
    cookie: cookies[index % cookies.length] as string,
  })
}

/** Requests a page with a good access token. */
export function pageWithAccess(jars: readonly Jar[], path: string) {
  return pageWith(
    jars.map(({ access, refresh }) => `access_token=${access}; refresh_token=${refresh}`),
    path,
  )
}

/** Makes requests that rotate: each sends only the refresh token, and keeps the new one. */
export function rotating(jars: readonly Jar[], method: LoadRequest['method'], path: string) {
  return (index: number): LoadRequest => {
    const jar = jars[index % jars.length] as Jar
    return {
      method,
      path,
      cookie: `refresh_token=${jar.refresh}`,
      received: (headers) => {
        const line = headers['set-cookie']?.find((cookie) => cookie.startsWith('refresh_token='))
        jar.refresh = line?.slice('refresh_token='.length).split(';', 1)[0] ?? jar.refresh
      },
    }
  }
}

/** Makes requests of OAuth's refresh token grant (RFC 6749 §6): each keeps the new token. */
export function refreshGrants(tokens: string[], path: string) {
  return (index: number): LoadRequest => {
    const n = index % tokens.length
    return {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=refresh_token&client_id=bench&refresh_token=${tokens[n]}`,
      wantsBody: true,
      received: (_headers, body) => {
        tokens[n] = JSON.parse(body).refresh_token
      },
    }
  }
}
