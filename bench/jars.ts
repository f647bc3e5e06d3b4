import { services } from '@/server/composition'
import type { LoadRequest } from './load'

/** The cookies of one signed-in client, kept up to date as a browser does. */
export interface Jar {
  access: string
  refresh: string
}

/** Signs in `count` clients on the database that the environment names. */
export async function makeJars(count: number): Promise<Jar[]> {
  const { engine, database } = await services()
  const id = crypto.randomUUID()
  await database.users.create({
    id,
    name: id,
    nameKey: id,
    passwordHash: null,
    createdAt: Date.now(),
  })
  const jars: Jar[] = []
  const users: string[] = []
  while (jars.length < count) {
    // No user has more than a hundred live sessions.
    const userId = `${id}-${Math.floor(jars.length / 50)}`
    if (!users.includes(userId)) {
      users.push(userId)
      const names = { id: userId, name: userId, nameKey: userId }
      await database.users.create({ ...names, passwordHash: null, createdAt: Date.now() })
    }
    const client = { address: '127.0.0.1', userAgent: 'bench' }
    const grant = await engine.start({ id: userId, name: userId, passwordHash: null }, client, [])
    if (!grant) throw new Error('the users of the benchmark were changed')
    jars.push({ access: grant.access.token, refresh: grant.refresh?.token ?? '' })
  }
  return jars
}

/** Requests a page with a good access token. */
export function pageWithAccess(jars: readonly Jar[], path: string) {
  return (index: number): LoadRequest => {
    const jar = jars[index % jars.length] as Jar
    return {
      method: 'GET',
      path,
      cookie: `access_token=${jar.access}; refresh_token=${jar.refresh}`,
    }
  }
}

/** Makes requests that rotate: each sends only the refresh token, and keeps the new one. */
export function rotating(jars: readonly Jar[], method: LoadRequest['method'], path: string) {
  return (index: number): LoadRequest => {
    const jar = jars[index % jars.length] as Jar
    return {
      method,
      path,
      cookie: `refresh_token=${jar.refresh}`,
      received: (setCookies) => {
        const line = setCookies.find((cookie) => cookie.startsWith('refresh_token='))
        jar.refresh = line?.slice('refresh_token='.length).split(';', 1)[0] ?? jar.refresh
      },
    }
  }
}
