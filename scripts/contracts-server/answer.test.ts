import { expect, it } from 'vitest'
import { openServer } from '@/testing/server/suite'
import { answer } from './answer'

it.each<[target: string, status: number]>([
  ['/api/health', 200],
  ['/api/health?a=/b', 200],
  ['/api/health#a', 200],
  ['/api/health/', 404],
  ['/api/health/nothing', 404],
  ['//api/health', 404],
  ['/', 404],
  ['/constructor', 404],
])('%s answers %d', async (target, status) => {
  const server = await openServer()
  const response = await answer(new Request(`http://localhost${target}`))
  expect(response.status).toBe(status)
  if (status === 404) expect((await response.json()).error.code).toBe('NOT_FOUND')
  await server.dispose()
})
