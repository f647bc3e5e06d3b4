import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ajvOf } from '@/testing/json-schemas'
import { describeApi } from './openapi'
import type { Operation } from './operation'

const HERE = { origin: 'http://localhost:3000', secure: false }

const plain: Operation = {
  id: 'read',
  method: 'get',
  path: '/thing',
  contract: null,
  tag: 'Things',
  summary: 'Read it',
  security: [],
  responses: { 200: { description: 'It.', body: z.strictObject({ made: z.iso.datetime() }) } },
}

describe('describing operations', () => {
  it('merges operations of one path, in the given order', () => {
    const api = describeApi(
      [plain, { ...plain, id: 'write', method: 'post' }, { ...plain, id: 'other', path: '/a' }],
      HERE,
    )
    expect(Object.keys(api.paths)).toEqual(['/thing', '/a'])
    expect(Object.keys(api.paths['/thing'] ?? {})).toEqual(['get', 'post'])
    expect(api.tags).toEqual([{ name: 'Things' }])
  })

  it('refuses two with one id, and two with one path and method', () => {
    const other = { ...plain, path: '/other' }
    expect(() => describeApi([plain, other], HERE)).toThrow('Described twice: read, get /other')
    expect(() => describeApi([plain, { ...plain, id: 'again' }], HERE)).toThrow('Described twice')
  })

  it('puts a failure in the canonical format, limited to its status and codes', () => {
    const responses = { 409: { description: 'Taken.', errors: ['NAME_TAKEN'] } } as const
    const ajv = ajvOf(describeApi([{ ...plain, responses }], HERE))
    const way = '/paths/~1thing/get/responses/409/content/application~1json/schema'
    const fits = ajv.compile({ $ref: `api#${way}` })
    const error = { code: 'NAME_TAKEN', message: 'This name is taken', status: 409 }
    expect(fits({ error })).toBe(true)
    expect(fits({ error: { ...error, reason: 'expired' } })).toBe(true)
    expect(fits({ error: { ...error, code: 'OTHER' } })).toBe(false)
    expect(fits({ error: { ...error, status: 400 } })).toBe(false)
    expect(fits({ error: { ...error, detail: 'more' } })).toBe(false)
    expect(fits({ error, more: true })).toBe(false)
    expect(fits({ detail: 'another shape' })).toBe(false)
  })

  it('takes a response in a contract’s own format beside it', () => {
    const body = z.strictObject({ detail: z.string() })
    const responses = { 503: { description: 'Away.', body, errors: ['UNAVAILABLE'] } } as const
    const ajv = ajvOf(describeApi([{ ...plain, responses }], HERE))
    const way = '/paths/~1thing/get/responses/503/content/application~1json/schema'
    const fits = ajv.compile({ $ref: `api#${way}` })
    expect(fits({ detail: 'away' })).toBe(true)
    expect(fits({ error: { code: 'UNAVAILABLE', message: 'Away', status: 503 } })).toBe(true)
    expect(fits({ error: { code: 'OTHER', message: 'Away', status: 503 } })).toBe(false)
  })

  it('lists the credentials in use, under the names of the cookies on this origin', () => {
    const api = (secure: boolean) =>
      describeApi([{ ...plain, security: ['refreshCookie', 'none'] }], { ...HERE, secure })
    expect(api(false).paths['/thing']?.get?.security).toEqual([{ refreshCookie: [] }, {}])
    const named = (name: string) => ({ refreshCookie: expect.objectContaining({ name }) })
    expect(api(false).components.securitySchemes).toEqual(named('refresh_token'))
    expect(api(true).components.securitySchemes).toEqual(named('__Host-refresh_token'))
  })
})
