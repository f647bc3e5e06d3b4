import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeApi } from '@/contracts/openapi/openapi'
import { ERROR_CODES } from '@/http/wire'
import { ajvOf } from '@/testing/json-schemas'
import { operations } from './api-description'

const HERE = { origin: 'http://localhost:3000', secure: false }
const document = describeApi(operations(), HERE)

/** Yields every object in a document, with its JSON Pointer. */
function* objectsIn(value: unknown, way = '#'): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield [way, value as Record<string, unknown>]
  for (const [key, inner] of Object.entries(value)) {
    yield* objectsIn(inner, `${way}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  }
}

describe('the description of the API', () => {
  it('has what OpenAPI 3.1 requires', () => {
    const operation = z.looseObject({
      operationId: z.string().regex(/^[a-z][A-Za-z]+$/),
      tags: z.array(z.string()).length(1),
      summary: z.string().min(1),
      security: z.array(z.record(z.string(), z.tuple([]))),
      parameters: z
        .array(
          z.looseObject({ in: z.enum(['path', 'query', 'header', 'cookie']), name: z.string() }),
        )
        .optional(),
      requestBody: z
        .looseObject({ content: z.record(z.string().regex(/^\w+\/[\w-]+$/), z.looseObject({})) })
        .optional(),
      responses: z.record(
        z.string().regex(/^[1-5]\d\d$/),
        z.looseObject({ description: z.string().min(1) }),
      ),
    })
    const shape = z.strictObject({
      openapi: z.literal('3.1.1'),
      info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
      servers: z.tuple([z.strictObject({ url: z.url() })]),
      tags: z.array(z.strictObject({ name: z.string() })),
      paths: z.record(
        z.string().startsWith('/'),
        z.partialRecord(z.enum(['get', 'post', 'delete']), operation),
      ),
      components: z.strictObject({
        schemas: z.record(z.string(), z.looseObject({})),
        securitySchemes: z.record(z.string(), z.looseObject({ type: z.enum(['apiKey', 'http']) })),
      }),
    })
    expect(shape.parse(structuredClone(document))).toEqual(document)
  })

  it('is plain JSON, and comes out the same each time', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
    expect(JSON.stringify(describeApi(operations(), HERE))).toBe(JSON.stringify(document))
  })

  it('refers only to what the document holds', () => {
    const credentials = Object.keys(document.components.securitySchemes)
    for (const [way, { $ref, security }] of objectsIn(document)) {
      if (typeof $ref === 'string') {
        expect(
          [...objectsIn(document)].map(([there]) => there),
          way,
        ).toContain($ref)
      }
      for (const name of Array.isArray(security) ? security.flatMap(Object.keys) : []) {
        expect(credentials, way).toContain(name)
      }
    }
  })

  it('holds only schemas that compile in their place', () => {
    const ajv = ajvOf(document)
    const schemas = [...objectsIn(document)].filter(
      ([way]) => way.endsWith('/schema') || /^#\/components\/schemas\/[^/]+$/.test(way),
    )
    expect(schemas.length).toBeGreaterThan(30)
    for (const [way] of schemas) {
      const $ref = `api${way.split('/').map(encodeURIComponent).join('/').replace('%23', '#')}`
      expect(() => ajv.compile({ $ref }), way).not.toThrow()
    }
  })

  it('names every parameter of a path', () => {
    for (const { path, parameters = [] } of operations()) {
      const inPath = parameters.filter((parameter) => parameter.in === 'path')
      expect(inPath.map(({ name }) => name)).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      )
      expect(inPath.every(({ required }) => required)).toBe(true)
    }
  })

  it('documents every error code in docs/routes.md, with the statuses that operations give it', () => {
    const table = readFileSync('docs/routes.md', 'utf8').matchAll(
      /^\| `([A-Z_]+)` \| ([\d, ]+) \|/gm,
    )
    const documented = [...table].map(([, code, statuses = '']) => [code, statuses.split(', ')])
    expect(documented.map(([code]) => code)).toEqual(ERROR_CODES)
    for (const [code, statuses] of documented) {
      const described = operations().flatMap(({ responses }) =>
        Object.entries(responses).flatMap(([status, { errors = [] }]) =>
          errors.some((error) => error === code) ? status : [],
        ),
      )
      if (described.length > 0) expect([...new Set(described)].sort(), `${code}`).toEqual(statuses)
    }
  })

  it('describes every error code, but for those that no described route sends in this format', () => {
    const described = new Set<string>(
      operations().flatMap(({ responses }) =>
        Object.values(responses).flatMap(({ errors = [] }) => errors),
      ),
    )
    const isDescribed = (code: string) =>
      described.has(code) || document.info.description.includes(`\`${code}\``)
    const writtenByOauth = ['INVALID_CLIENT', 'INVALID_SCOPE', 'UNSUPPORTED_GRANT_TYPE']
    // Of the test endpoint, of commands, and of a route of one's own that calls `signInAs`.
    const ofUndescribedRoutes = [
      'OWN_USERS',
      'PASSWORD_USER',
      'STATE_IMPOSSIBLE',
      'TESTING_REFUSED',
      'USER_DISABLED',
      'USER_NOT_FOUND',
    ]
    expect(ERROR_CODES.filter((code) => !isDescribed(code))).toEqual(
      [...writtenByOauth, ...ofUndescribedRoutes].sort(),
    )
  })

  it('says when trying again makes sense wherever that is the answer', () => {
    for (const { id, responses } of operations()) {
      for (const [status, { headers = [] }] of Object.entries(responses)) {
        const again = ['429', '500', '503'].includes(status)
        expect(headers.includes('Retry-After'), `${id} ${status}`).toBe(again)
      }
    }
  })

  it('describes input as it is sent, before parsing, and closes the schemas of responses', () => {
    const { paths } = document
    expect(paths['/api/auth/register']?.post).toMatchObject({
      requestBody: {
        content: {
          'application/json': {
            schema: {
              required: ['username', 'password'],
              properties: { username: { type: 'string', description: expect.any(String) } },
            },
          },
        },
      },
    })
    expect(paths['/api/me']?.get).toMatchObject({
      responses: {
        200: { content: { 'application/json': { schema: { additionalProperties: false } } } },
      },
    })
  })
})
