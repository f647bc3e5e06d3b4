import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gateFile } from '../support/gate-file.mjs'
import { ROUTES } from './routes'

describe('the contracts server', () => {
  it('has every route that no middleware stands before, and no other', async () => {
    const { config } = await import(resolve(gateFile() ?? ''))
    const withMiddleware = new RegExp(`^${config.matcher}$`)
    const own = readdirSync('app', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('/route.ts'))
      .map((file) => `/${file.replace(/\([^/]*\)\//g, '').replace(/\/route\.ts$/, '')}`)
      .filter((path) => !path.includes('['))
    expect(own.length).toBeGreaterThan(20)
    expect(Object.keys(ROUTES).sort()).toEqual(
      own.filter((path) => !withMiddleware.test(path)).sort(),
    )
  })
})
