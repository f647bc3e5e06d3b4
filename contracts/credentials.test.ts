import { describe, expect, it } from 'vitest'
import { deviceName, givenPassword, newPassword, userName } from './credentials'

describe('a user name', () => {
  it.each([
    ['Ada', 'Ada'],
    ['  Ada  ', 'Ada'],
    ['a', 'a'],
    ['a'.repeat(64), 'a'.repeat(64)],
    ['\u{1f525}'.repeat(64), '\u{1f525}'.repeat(64)],
    ['Ada Lovelace', 'Ada Lovelace'],
    ['e\u0301lodie', '\u00e9lodie'],
    ['\uff21\uff44\uff41', 'Ada'],
    ['\u738b\u5c0f\u660e', '\u738b\u5c0f\u660e'],
    ['\u0645\u062d\u0645\u062f', '\u0645\u062d\u0645\u062f'],
    ["O'Brien <b>", "O'Brien <b>"],
    ['__proto__', '__proto__'],
  ])('%j is kept as %j', (given, name) => {
    expect(userName.parse(given)).toBe(name)
  })

  it.each([
    ['nothing', ''],
    ['spaces', ' \u3000\u00a0 '],
    ['too much', 'a'.repeat(65)],
    ['too much of two-part characters', '\u{1f525}'.repeat(65)],
    ['too much once it is unfolded', '\ufdfa'.repeat(4)],
    ['a control character', 'a\u0007b'],
    ['a line break', 'a\nb'],
    ['a zero-width space', 'ada\u200b'],
    ['a zero-width joiner', 'a\u200dda'],
    ['a soft hyphen', 'a\u00adda'],
    ['a change of direction', 'ada\u202eadmin'],
    ['a line separator', 'a\u2028b'],
    ['half a surrogate', 'a\ud800'],
    ['a private character', 'a\ue000'],
    ['a byte order mark', 'a\ufeffda'],
    ['a variation selector', 'ada\ufe0f'],
    ['a filler that shows nothing', '\u3164'],
    ['a grapheme joiner', 'a\u034fda'],
    ['a tag', 'ada\u{e0061}'],
    ['no text', 7 as unknown as string],
  ])('is not made of %s', (_, given) => {
    const parsed = userName.safeParse(given)
    expect(parsed.success).toBe(false)
    expect(parsed.error?.issues.map(({ message }) => message).join()).toMatch(/^must /)
  })
})

describe('a password to be set', () => {
  it.each([
    ['12345678'],
    ['        '],
    ['x'.repeat(256)],
    ['\u{1f525}'.repeat(8)],
    ['\u{1f525}'.repeat(256)],
    ['e\u0301'.repeat(256)],
    ['p\u0000assword'],
  ])('may be %j', (password) => {
    expect(newPassword.parse(password)).toBe(password)
  })

  it.each([[''], ['1234567'], ['\u{1f525}'.repeat(7)], ['e\u0301'.repeat(7)], ['x'.repeat(257)]])(
    'may not be %j',
    (password) => {
      const parsed = newPassword.safeParse(password)
      expect(parsed.error?.issues[0]?.message).toBe('must be 8 to 256 characters long')
    },
  )

  it('that is compared only may have any length: that says nothing about it', () => {
    for (const password of ['', 'x', 'x'.repeat(10_000)]) {
      expect(givenPassword.parse(password)).toBe(password)
    }
    expect(givenPassword.safeParse(12345678).success).toBe(false)
  })
})

describe('the name of a device', () => {
  it.each([
    ['Laptop at work', 'Laptop at work'],
    ['  e\u0301cran  ', '\u00e9cran'],
    ['x'.repeat(40), 'x'.repeat(40)],
    ['\u{1f525}'.repeat(40), '\u{1f525}'.repeat(40)],
    ['<b>', '<b>'],
    ['', null],
    ['   ', null],
  ])('%j becomes %j', (given, name) => expect(deviceName.parse(given)).toBe(name))

  it.each([['x'.repeat(41)], ['a\u202eb'], ['a\nb'], ['a\u0000'], [7 as unknown as string]])(
    'is not %j',
    (given) => expect(deviceName.safeParse(given).success).toBe(false),
  )
})
