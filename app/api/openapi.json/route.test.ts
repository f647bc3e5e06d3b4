import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asked, HTTPS, openServer, type TestServer } from '@/testing/server/suite'
import { GET } from './route'

describe('the description over HTTP', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await openServer({ APP_ORIGIN: HTTPS })
  })
  afterAll(() => server.dispose())

  it('is public, and may be cached for a minute', async () => {
    const response = await GET(asked('GET'), {})
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('public, max-age=60')
    expect(response.headers.has('set-cookie')).toBe(false)
    const document = await response.json()
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(document.servers).toEqual([{ url: HTTPS }])
    expect(document.components.securitySchemes.accessCookie.name).toBe('__Host-access_token')
  })

  it('is not sent again to a client that has it', async () => {
    const etag = (await GET(asked('GET'), {})).headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{43}"$/)
    const headers = { 'if-none-match': `W/"other", ${etag}` }
    const again = await GET(asked('GET', null, { headers }), {})
    expect(again.status).toBe(304)
    expect(again.headers.get('etag')).toBe(etag)
    expect(await again.text()).toBe('')
    const other = await GET(asked('GET', null, { headers: { 'if-none-match': '"other"' } }), {})
    expect(other.status).toBe(200)
  })

  it('changes with the configuration', async () => {
    const before = (await GET(asked('GET'), {})).headers.get('etag')
    const elsewhere = await openServer({ APP_ORIGIN: 'https://other.example' })
    expect((await GET(asked('GET'), {})).headers.get('etag')).not.toBe(before)
    await elsewhere.dispose()
  })
})
