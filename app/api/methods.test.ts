import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from '@/server/api-description'
import { asked, errorOf, openServer, type TestServer } from '@/server/suite'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** The methods that are described, by the path as its folder is called. */
const described = new Map<string, string[]>()
for (const { path, method } of operations()) {
  const folder = path.replace(/\{(\w+)\}/g, '[$1]')
  described.set(folder, [...(described.get(folder) ?? []), method.toUpperCase()])
}

let server: TestServer
beforeAll(async () => {
  server = await openServer()
})
afterAll(() => server.dispose())

describe('the routes', () => {
  it('are those that the description has', () => {
    const files = readdirSync('app', { recursive: true, encoding: 'utf8' })
    const routes = files.filter((file) => file.endsWith('route.ts'))
    const folders = routes.map((file) => `/${file.replace(/\/?route\.ts$/, '')}`)
    expect(folders.sort()).toEqual([...described.keys()].sort())
  })

  it.each([...described])(
    '%s has the methods that are described, and no others',
    async (folder, own) => {
      const handlers = await import(join(process.cwd(), 'app', folder, 'route.ts'))
      const allowed = [...own, ...(own.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort()
      for (const method of METHODS.filter((name) => !allowed.includes(name))) {
        const response: Response = await handlers[method](asked(method))
        expect(response.status).toBe(405)
        expect(response.headers.get('allow')?.split(', ').sort()).toEqual(allowed)
        expect((await errorOf(response)).code).toBe('METHOD_NOT_ALLOWED')
      }
      const options: Response = await handlers.OPTIONS(asked('OPTIONS'))
      expect(options.status).toBe(204)
      expect(options.headers.get('allow')?.split(', ').sort()).toEqual(allowed)
    },
  )
})
