import { describe, expect, it } from 'vitest'
import { readOptions } from './options'

describe('the command line of the benchmark', () => {
  it('runs every part but the soak, unless parts are named', () => {
    expect(readOptions([]).parts).toEqual([
      'speed',
      'page',
      'refresh',
      'storm',
      'sign-in',
      'growth',
      'prune',
      'start',
    ])
    expect(readOptions(['--soak']).parts).toContain('growth')
    expect(readOptions(['--soak']).parts.at(-1)).toBe('soak')
    expect(readOptions(['refresh', 'page', '--quick'])).toMatchObject({
      parts: ['page', 'refresh'],
      quick: true,
      huge: false,
    })
    expect(readOptions(['soak']).parts).toEqual(['soak'])
  })

  it('says what is wrong with it', () => {
    expect(() => readOptions(['pages'])).toThrow('pages is no part. The parts are: speed, page')
    expect(() => readOptions(['--fast'])).toThrow('--fast')
  })
})
