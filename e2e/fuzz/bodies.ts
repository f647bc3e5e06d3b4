import fc from 'fast-check'
import { type Endpoint, type Place, tokensFor } from './endpoints'
import type { Identities } from './identities'
import type { FuzzBody } from './requests'

const TOKEN_FIELDS = ['refresh_token', 'access_token', 'token']
const HUGE = 20_000

/** Values of the wrong type for every field. */
const wrongTypes = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1e308, [], {}, [''], { toString: 1 }, [[[]]]),
  fc.jsonValue({ maxDepth: 3 }).filter((value) => typeof value !== 'string'),
)

const texts = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\u202e',
    '%00',
    "' OR 1=1 --",
    '<script>',
    '\r\nx: y',
  ),
  fc.string({ maxLength: 7 }),
)

/** A wrong value for a field. Passwords have fewer than eight characters, so that none is right by chance. */
function valueFor(field: string, endpoint: Endpoint, identities: Identities): fc.Arbitrary<string> {
  if (TOKEN_FIELDS.includes(field)) {
    const place = `body ${field}` as Place
    return fc.constantFrom(...tokensFor(endpoint, place, identities)).map((name) => `~${name}~`)
  }
  switch (field) {
    case 'username':
      return fc.oneof(fc.constant('~user~'), texts)
    case 'newPassword':
      return fc.oneof(fc.constant('a new password of sufficient length'), texts)
    case 'grant_type':
      return fc.oneof(
        { weight: 4, arbitrary: fc.constant('refresh_token') },
        { weight: 1, arbitrary: fc.constantFrom('password', 'client_credentials', '') },
      )
    case 'client_id':
      return fc.oneof(fc.constantFrom('~client~', 'nobody', 'x'.repeat(129), '\u00e9'), texts)
    case 'client_secret':
      return fc.oneof(fc.constant('~secret~'), texts)
    case 'password':
    case 'currentPassword':
      return texts.filter((text) => text.length < 8)
    default:
      return texts
  }
}

export interface Typed {
  readonly body: FuzzBody
  readonly types: readonly string[]
}

const JSON_TYPES = ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON;x']
const FORM_TYPES = ['application/x-www-form-urlencoded']
const OTHER_TYPES = [
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/json-patch+json',
  'text/html, application/json',
  '*/*',
  '/',
  '',
  '\u00ff',
]
const anyTypes = fc.array(fc.constantFrom(...JSON_TYPES, ...FORM_TYPES, ...OTHER_TYPES), {
  maxLength: 2,
})

/** Bodies of every kind, most with the right content type, some with none, a wrong one or two. */
export function bodyOf(endpoint: Endpoint, identities: Identities): fc.Arbitrary<Typed> {
  const fields = endpoint.fields ?? ['refresh_token', 'token', 'username']
  const one = fc
    .constantFrom(...fields)
    .chain((name) => fc.tuple(fc.constant(name), valueFor(name, endpoint, identities)))
  const texts = fc.oneof(
    {
      weight: 2,
      arbitrary: fc.tuple(...fields.map((name) => namedValue(name, endpoint, identities))),
    },
    { weight: 2, arbitrary: fc.array(one, { maxLength: 4 }) },
  )
  const objects = fc
    .tuple(texts, fc.option(fc.tuple(fc.constantFrom(...fields), wrongTypes)))
    .map(([pairs, wrong]) => Object.fromEntries([...pairs, ...(wrong ? [wrong] : [])]))
  const json = objects.map((value) => JSON.stringify(value))
  const form = texts.map((pairs) =>
    pairs.map(([name, value]) => `${name}=${formEncode(value)}`).join('&'),
  )
  const preferred = endpoint.body === 'form' ? [8, 2] : endpoint.body === 'json' ? [2, 8] : [5, 5]
  return fc.oneof(
    { weight: 4, arbitrary: typed(fc.constant(null), anyTypes) },
    { weight: preferred[0] ?? 0, arbitrary: typed(asText(form), oneOf(FORM_TYPES)) },
    { weight: preferred[1] ?? 0, arbitrary: typed(asText(json), oneOf(JSON_TYPES)) },
    { weight: 3, arbitrary: typed(asText(oddText(json)), usualTypes(endpoint)) },
    { weight: 2, arbitrary: typed(notText, usualTypes(endpoint)) },
  )
}

const asText = (texts: fc.Arbitrary<string>) => texts.map((text) => ({ text }))
const oneOf = (types: readonly string[]) => fc.constantFrom(...types).map((type) => [type])

function usualTypes({ body }: Endpoint): fc.Arbitrary<string[]> {
  return oneOf(
    body === 'form' ? FORM_TYPES : body === 'json' ? JSON_TYPES : [...FORM_TYPES, ...JSON_TYPES],
  )
}

function typed(bodies: fc.Arbitrary<FuzzBody>, right: fc.Arbitrary<string[]>): fc.Arbitrary<Typed> {
  const types = fc.oneof({ weight: 7, arbitrary: right }, { weight: 1, arbitrary: anyTypes })
  return fc.record({ body: bodies, types })
}

function namedValue(name: string, endpoint: Endpoint, identities: Identities) {
  return valueFor(name, endpoint, identities).map((value): [string, string] => [name, value])
}

function oddText(json: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      '\u0000',
      '{',
      '[',
      '"',
      '{"refresh_token":',
      '{"a":1}{"a":2}',
      "{'username':'demo'}",
      '{"username":"\\u"}',
      '{"username":"\\ud800"}',
      '{"__proto__":{"refresh_token":"x"}}',
      '{"constructor":{"prototype":{}}}',
      '{"refresh_token":"a","refresh_token":"b"}',
      'NaN',
      '-',
      '0x10',
      'undefined',
      '\ufeff{}',
      '[1,2,3]',
      '"text"',
      '42',
      'null',
      'true',
      '[]',
      'a=b&a=c',
      'grant_type=refresh_token&grant_type=refresh_token',
      'token=a&token=b',
      '%',
      '&&&',
      '==',
      '__proto__=x',
      'token[]=x',
      '--x\r\nContent-Disposition: form-data; name="username"\r\n\r\ndemo\r\n--x--',
      '['.repeat(8000),
      `{"refresh_token":"${'x'.repeat(HUGE)}"}`,
      `token=${'x'.repeat(HUGE)}`,
      ' '.repeat(HUGE),
    ),
    json.map((text) => text.slice(0, -1)),
    json.map((text) => `[${text}]`),
  )
}

const notText: fc.Arbitrary<FuzzBody> = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => [0xff, ...bytes]),
    fc.constantFrom(
      [...Buffer.from('{"refresh_token":"'), 0xc3, 0x28, ...Buffer.from('"}')],
      [...Buffer.from('{"username":"x","password":"'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')],
      [...Buffer.from('{}', 'utf16le'), 0xff],
      [0xf0, 0x28, 0x8c, 0x28],
    ),
  )
  .map((bytes) => ({ base64: Buffer.from(bytes).toString('base64') }))

/** Encodes text for a form. `~names~` stay as they are. */
function formEncode(text: string): string {
  return encodeURIComponent(wellFormed(text)).replaceAll('%20', '+')
}

/** Replaces lone surrogates, which UTF-8 cannot encode. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}
