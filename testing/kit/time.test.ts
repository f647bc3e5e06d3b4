import { expect, it } from 'vitest'
import { parseTime } from './time'

it.each([
  [0, 0],
  [1500, 1500],
  ['90s', 90_000],
  ['20m', 1_200_000],
  ['12h', 43_200_000],
  ['15d', 1_296_000_000],
])('%s is %d ms', (time, ms) => {
  expect(parseTime(time)).toBe(ms)
})

it.each(['20', 'm', '1.5h', '-1m', '20 m', '', -1, Number.NaN])('%s is no time', (time) => {
  expect(() => parseTime(time)).toThrow(`${time} is no time`)
})
