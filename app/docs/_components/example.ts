import type { Schema } from './document'

/** What a field of this name usually holds. */
const VALUES: Readonly<Record<string, unknown>> = {
  username: 'ada',
  name: 'ada',
  password: 'a long phrase works well',
  currentPassword: 'a long phrase works well',
  newPassword: 'an even longer phrase',
  grant_type: 'refresh_token',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/148.0.0.0',
  address: '192.0.2.1',
  openapi: '3.1.1',
  kind: 'signed_in',
  device: 'Chrome on Linux',
  id: 'rG0kZ3vUqVn3tq1u3n0xkA',
  userId: 'd1Jm1kqkq0mZ6m5kqk0m1A',
  client_id: 'api',
  client_secret: 'the secret of the client',
  scene: 'fifty',
  token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9…',
  expiresIn: 900,
  expires_in: 900,
}
const SECOND = '2026-11-28T16:08:29.000Z'
/** Fields that most requests leave out. */
const SELDOM = new Set(['next', 'scope', 'token_type_hint', 'client_id', 'client_secret'])

/** A value that the schema allows. Of optional fields it has those that most requests send. */
export function exampleOf(schema: Schema, name = ''): unknown {
  const { const: constant, enum: values, anyOf, properties, items, format, minimum } = schema
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (constant !== undefined) return constant
  if (values) return values[0]
  if (anyOf?.[0]) return exampleOf(anyOf[0], name)
  if (properties) {
    const { required = [] } = schema
    const shown = Object.entries(properties).filter(
      ([key]) => required.includes(key) || !SELDOM.has(key),
    )
    return Object.fromEntries(shown.map(([key, inner]) => [key, exampleOf(inner, key)]))
  }
  if (type === 'array') return items ? [exampleOf(items, name)] : []
  if (type === 'boolean') return true
  if (type === 'integer' || type === 'number') {
    const value = VALUES[name]
    if (typeof value === 'number') return value
    return /(^now|At|^at)$/.test(name) ? Date.parse(SECOND) : Math.max(minimum ?? 1, 1)
  }
  if (type === 'object') return {}
  if (format === 'date-time') return SECOND
  const value = VALUES[name]
  return typeof value === 'string' ? value : (VALUES.token as string)
}

/** An example of a body of this media type, as it is sent. */
export function bodyExample(mediaType: string, schema: Schema): string {
  const value = exampleOf(schema)
  if (mediaType !== 'application/x-www-form-urlencoded') return JSON.stringify(value, null, 2)
  return new URLSearchParams(value as Record<string, string>).toString()
}
