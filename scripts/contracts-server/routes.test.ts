import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gateFile } from '../support/gate-file.mjs'
import { ROUTES } from './routes'

/** The paths of all pages and routes that have no parameter. */
const PATHS = readdirSync('app', { recursive: true, encoding: 'utf8' })
  .filter((file) => /(^|\/)(route\.ts|page\.tsx)$/.test(file))
  .map((file) => `/${file.replace(/\([^/]*\)\//g, '').replace(/\/?[^/]+$/, '')}`)
  .filter((path) => !path.includes('['))

describe('the contracts server', () => {
  it('has every route that no middleware stands before, and no other', async () => {
    const { config } = await import(resolve(gateFile() ?? ''))
    const withMiddleware = new RegExp(`^${config.matcher}$`)
    const own = PATHS.filter((path) => !withMiddleware.test(path))
    expect(Object.keys(ROUTES).sort()).toEqual(own.sort())
  })

  it('is given its routes by nginx, and no route of Next.js', () => {
    const file = readFileSync('deploy/nginx-contracts.conf', 'utf8')
    const [, pattern = '(?!)'] =
      /^ *location ~ (\S+) \{\n *proxy_pass http:\/\/contracts;/m.exec(file) ?? []
    const isGiven = new RegExp(pattern)
    const given = PATHS.filter((path) => isGiven.test(path))
    expect(given.sort()).toEqual(Object.keys(ROUTES).sort())
    expect(PATHS.length).toBeGreaterThan(given.length + 10)
    for (const path of [
      '/',
      '/_next/static/a.js',
      '/api/testing/user',
      '/api/sessions/1',
      '/a/login',
    ]) {
      expect(isGiven.test(path), path).toBe(false)
    }
  })
})
