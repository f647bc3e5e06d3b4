import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { userName } from '@/contracts/credentials'
import { nameKey } from './credentials'

describe('two names are the same', () => {
  it.each([
    ['Ada', 'aDA'],
    ['Ada', ' ada '],
    ['\u00c9lodie', 'e\u0301LODIE'],
    ['\uff21da', 'ada'],
    ['stra\u00dfe', 'STRASSE'],
    ['STRA\u1e9eE', 'strasse'],
    ['\u039f\u0394\u039f\u03a3', '\u03bf\u03b4\u03bf\u03c3'],
    ['\u03bf\u03b4\u03bf\u03c2', '\u03bf\u03b4\u03bf\u03c3'],
    ['\ufb01sh', 'FISH'],
    ['\u212aelvin', 'kelvin'],
    ['\u017fam', 'SAM'],
    ['\u1c80\u0430\u0441\u044f', '\u0412\u0410\u0421\u042f'],
  ])('if they differ only in case and composition: %s and %s', (one, other) => {
    expect(nameKey(one)).toBe(nameKey(other))
  })

  it.each([
    ['ada', 'ad\u0430'],
    ['ada', '\u00e1da'],
    ['ada', 'a da'],
    ['ada', 'ada1'],
  ])('but not if they differ in more: %s and %s', (one, other) => {
    expect(nameKey(one)).not.toBe(nameKey(other))
  })

  it('for every Unicode character, in either case', () => {
    const different: string[] = []
    for (let code = 0; code <= 0x10ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue
      const character = String.fromCodePoint(code)
      const upper = character.toUpperCase()
      const isPlain = character.normalize('NFKC') === character && upper === character
      if (isPlain && character.toLowerCase() === character) continue
      const name = `x${character}x`
      const key = nameKey(name)
      const same = [name.toUpperCase(), name.toLowerCase(), key, name.normalize('NFD')]
      if (same.some((other) => nameKey(other) !== key)) different.push(code.toString(16))
    }
    expect(different).toEqual([])
  })

  it('if one is the name as it was typed and the other as it is stored', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (typed) => {
        const parsed = userName.safeParse(typed)
        if (parsed.success) expect(nameKey(parsed.data)).toBe(nameKey(typed))
      }),
    )
  })
})
