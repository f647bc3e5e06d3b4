import { expect, it } from 'vitest'
import { describeApi } from '@/contracts/openapi/openapi'
import { operations } from '@/server/api-description'
import { ajvOf } from '@/testing/json-schemas'
import { codesOf, entriesByTag } from './document'
import { bodyExample, exampleOf } from './example'

const document = describeApi(operations(), { origin: 'http://localhost:3000', secure: false })
const entries = [...entriesByTag(document).values()].flat()
const ajv = ajvOf(document)

it('shows every operation of the document', () => {
  const described = Object.values(document.paths).flatMap((methods) => Object.keys(methods))
  expect(entries).toHaveLength(described.length)
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length)
})

it.each(entries.filter(({ body }) => body).map((entry) => [entry.id, entry]))(
  'has an example body for %s that the server would take',
  (_, { body }) => {
    for (const [mediaType, { schema }] of Object.entries(body ?? {})) {
      const validate = ajv.compile(schema)
      const text = bodyExample(mediaType, schema)
      const value = mediaType.endsWith('json')
        ? JSON.parse(text)
        : Object.fromEntries(new URLSearchParams(text))
      expect(validate(value), JSON.stringify(validate.errors)).toBe(true)
    }
  },
)

it('has an example of every success in JSON that its schema allows', () => {
  let count = 0
  for (const { id, responses } of entries) {
    for (const { status, content } of responses) {
      const schema = content['application/json']?.schema
      if (!schema || !status.startsWith('2')) continue
      const validate = ajv.compile(schema)
      expect(validate(exampleOf(schema)), `${id} ${JSON.stringify(validate.errors)}`).toBe(true)
      count += 1
    }
  }
  expect(count).toBeGreaterThan(10)
})

it('knows the codes of a failure', () => {
  const me = entries.find(({ id }) => id === 'getMe')
  const refused = me?.responses.find(({ status }) => status === '401')
  expect(codesOf(refused?.content['application/json']?.schema ?? {})).toEqual([
    'MISSING_ACCESS_TOKEN',
    'INVALID_ACCESS_TOKEN',
  ])
})
