import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { HttpError } from './http-error'
import { giveBody, isForm, readBody } from './request-body'

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'
const schema = z.object({ name: z.string({ error: 'must be a text' }) })

describe('a body', () => {
  it.each([
    [JSON_TYPE, '{"name":"a"}'],
    ['application/json; charset=utf-8', '{"name":"a"}'],
    ['APPLICATION/JSON', ' {"name" : "a" , "more": [1]} '],
    [JSON_TYPE, '\ufeff{"name":"a"}'],
    [FORM_TYPE, 'name=a'],
    [`${FORM_TYPE};charset=UTF-8`, 'name=a&more=1'],
  ])('is read as %s: %s', async (type, text) => {
    expect(await readBody(post(text, type), schema)).toEqual({ name: 'a' })
  })

  it('keeps every character of a form and of JSON', async () => {
    const name = 'p\u00e4ss w+r&=%d \u{1f525}'
    const form = new URLSearchParams({ name }).toString()
    expect(await readBody(post(form, FORM_TYPE), schema)).toEqual({ name })
    expect(await readBody(post(JSON.stringify({ name }), JSON_TYPE), schema)).toEqual({ name })
  })

  it.each([
    ['multipart/form-data; boundary=x', '--x--'],
    ['text/plain', '{"name":"a"}'],
    ['application/jsonp', '{"name":"a"}'],
    ['application/json+x', '{"name":"a"}'],
    ['text/plain;application/json', '{"name":"a"}'],
    ['', '{"name":"a"}'],
  ])('of type %j is refused with 415', async (type, text) => {
    await expectRefusal(post(text, type), 415, 'UNSUPPORTED_MEDIA_TYPE')
  })

  it.each([
    ['nothing', ''],
    ['half an object', '{"name":"a"'],
    ['single quotes', "{'name':'a'}"],
    ['a trailing comma', '{"name":"a",}'],
    ['two values', '{"name":"a"}{"name":"b"}'],
    ['a NaN', '{"name":NaN}'],
    ['a form', 'name=a'],
  ])('that is %s is refused with 400 as malformed JSON', async (_, text) => {
    await expectRefusal(post(text, JSON_TYPE), 400, 'MALFORMED_JSON')
  })

  it.each([
    [JSON_TYPE, [0x7b, 0x22, 0xff, 0x22, 0x7d]],
    [JSON_TYPE, [0x22, 0xc0, 0xaf, 0x22]],
    [JSON_TYPE, [0x22, 0xed, 0xa0, 0x80, 0x22]],
    [FORM_TYPE, [0x6e, 0x3d, 0xe2, 0x82]],
  ])('that is not UTF-8 is refused with 400, as %s', async (type, bytes) => {
    await expectRefusal(post(new Uint8Array(bytes), type), 400, 'MALFORMED_BODY')
  })

  it.each([
    '[]',
    '[{"name":"a"}]',
    'null',
    '"a"',
    '1',
    'true',
    '{}',
    '{"name":1}',
    '{"name":null}',
  ])('that does not match the schema is refused with 400: %s', async (text) => {
    await expectRefusal(post(text, JSON_TYPE), 400, 'INVALID_BODY')
  })

  it('that does not match the schema is refused with the name of the field, without its value', async () => {
    const text = '{"name":["a secret that was typed"]}'
    const error = await expectRefusal(post(text, JSON_TYPE), 400, 'INVALID_BODY')
    expect(error.message).toBe('name: must be a text')
    expect(error.field).toBe('name')
  })

  it('that is a form with a duplicate field is refused with 400', async () => {
    const error = await expectRefusal(post('name=a&name=b', FORM_TYPE), 400, 'INVALID_BODY')
    expect(error.message).toBe('name: was sent twice')
  })

  it('cannot pollute a prototype', async () => {
    const any = z.record(z.string(), z.unknown())
    for (const [type, text] of [
      [FORM_TYPE, '__proto__=x&constructor=y&toString=z'],
      [JSON_TYPE, '{"__proto__":{"polluted":1},"constructor":"y"}'],
    ] as const) {
      const body = await readBody(post(text, type), any)
      expect(Object.getPrototypeOf(body)).toBe(Object.prototype)
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
      expect(body.polluted).toBeUndefined()
    }
  })
})

describe('a body of more than 16 KB', () => {
  const fill = (bytes: number) => `{"name":"${'x'.repeat(bytes - 11)}"}`

  it('is refused, and one of exactly 16 KB is not', async () => {
    expect((await readBody(post(fill(16_384), JSON_TYPE), schema)).name).toHaveLength(16_373)
    await expectRefusal(post(fill(16_385), JSON_TYPE), 413, 'BODY_TOO_LARGE')
  })

  it('is measured in bytes, not in characters', async () => {
    const text = `{"name":"${'\u20ac'.repeat(5_500)}"}`
    expect(text.length).toBeLessThan(16_384)
    await expectRefusal(post(text, JSON_TYPE), 413, 'BODY_TOO_LARGE')
  })

  it('is refused unread if its Content-Length says so', async () => {
    const request = post('{}', JSON_TYPE, { 'content-length': '16385' })
    await expectRefusal(request, 413, 'BODY_TOO_LARGE')
    expect(request.bodyUsed).toBe(false)
  })

  it('is read no further than that if its Content-Length is missing or wrong', async () => {
    let pulled = 0
    let cancelled = false
    const endless = new ReadableStream({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(1024).fill(0x20))
      },
      cancel() {
        cancelled = true
      },
    })
    const request = post(endless, JSON_TYPE, { 'content-length': '10' })
    await expectRefusal(request, 413, 'BODY_TOO_LARGE')
    expect(cancelled).toBe(true)
    expect(pulled).toBeLessThan(20)
  })

  it('is refused if the server has read it already', async () => {
    const read = (bytes: number) => {
      const request = post('', JSON_TYPE)
      giveBody(request, new TextEncoder().encode(fill(bytes)))
      return request
    }
    expect((await readBody(read(16_384), schema)).name).toHaveLength(16_373)
    await expectRefusal(read(16_385), 413, 'BODY_TOO_LARGE')
  })
})

describe('a form', () => {
  it('is recognized by its content type', () => {
    expect(isForm(post('', FORM_TYPE))).toBe(true)
    expect(isForm(post('', `${FORM_TYPE}; charset=utf-8`))).toBe(true)
    expect(isForm(post('', JSON_TYPE))).toBe(false)
    expect(isForm(new Request('http://localhost/', { method: 'POST' }))).toBe(false)
  })
})

function post(body: BodyInit, type: string, headers: Record<string, string> = {}): Request {
  const init = {
    method: 'POST',
    body,
    headers: { 'content-type': type, ...headers },
    duplex: 'half',
  }
  return new Request('http://localhost/', init)
}

async function expectRefusal(request: Request, status: number, code: string): Promise<HttpError> {
  const error = await readBody(request, schema).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(HttpError)
  expect(error).toMatchObject({ status, code })
  return error
}
