import { describe, expect, it } from 'vitest'
import { withRekindle } from './next-config'

describe('the configuration of Next.js', () => {
  it('keeps what an app has configured', async () => {
    const config = withRekindle({
      basePath: '/shop',
      images: { deviceSizes: [640] },
      env: { SHOP: 'open' },
      serverExternalPackages: ['sharp'],
      experimental: { typedEnv: true },
      outputFileTracingIncludes: { '/**': ['./prices/**'], '/cart': ['./cart/**'] },
      headers: async () => [{ source: '/cart', headers: [{ key: 'X-Cart', value: 'full' }] }],
    })
    expect(config.basePath).toBe('/shop')
    expect(config.images).toEqual({ deviceSizes: [640], unoptimized: true })
    expect(config.env).toMatchObject({ SHOP: 'open', PUBLIC_FILES: expect.any(String) })
    expect(config.serverExternalPackages).toEqual(
      expect.arrayContaining(['sharp', 'better-sqlite3']),
    )
    expect(config.experimental).toMatchObject({ typedEnv: true, proxyClientMaxBodySize: 65_536 })
    expect(config.outputFileTracingIncludes?.['/**']).toContain('./prices/**')
    expect(config.outputFileTracingIncludes?.['/cart']).toEqual(['./cart/**'])
    const sources = (await config.headers?.())?.map(({ source }) => source)
    expect(sources).toEqual(['/cart', '/_next/:path*'])
  })
})
