import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from '@/server/api-description'
import { asked, openServer, type TestServer } from '@/testing/server/suite'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** The described methods, by path in the notation of the folders. */
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

/** The test endpoint has no description: it is served to tests alone. */
const UNDESCRIBED = ['[...nowhere]', 'api/testing/']

/** The route files by path. Route groups in parentheses are not part of the path. */
const files = new Map(
  readdirSync('app', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('route.ts'))
    .filter((file) => !UNDESCRIBED.some((part) => file.includes(part)))
    .map((file) => [`/${file.replace(/\/?route\.ts$/, '').replace(/\(\w+\)\//, '')}`, file]),
)

describe('the routes', () => {
  it('are those that the description has', () => {
    expect([...files.keys()].sort()).toEqual([...described.keys()].sort())
  })

  it.each([...described])(
    '%s has the methods that are described, and no others',
    async (path, own) => {
      const handlers = await import(join(process.cwd(), 'app', files.get(path) ?? ''))
      const allowed = [...own, ...(own.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort()
      for (const method of METHODS.filter((name) => !allowed.includes(name))) {
        const response: Response = await handlers[method](asked(method))
        expect(response.status).toBe(405)
        expect(response.headers.get('allow')?.split(', ').sort()).toEqual(allowed)
        expect(await response.json()).not.toBeNull()
      }
      const options: Response = await handlers.OPTIONS(asked('OPTIONS'))
      expect(options.status).toBe(204)
      expect(options.headers.get('allow')?.split(', ').sort()).toEqual(allowed)
    },
  )
})
