import { expect, it } from 'vitest'
import { labSwitch } from './lab-switch.mjs'

it.each([
  [{}, '1'],
  [{ APP_ORIGIN: 'http://localhost:3000' }, '1'],
  [{ APP_ORIGIN: 'http://[::1]:3000' }, '1'],
  [{ APP_ORIGIN: 'http://localhost:3000', LAB: '0' }, '0'],
  [{ APP_ORIGIN: 'http://localhost:3000', HOSTNAME: '0.0.0.0' }, '0'],
  [{ APP_ORIGIN: 'https://app.example' }, '0'],
  [{ APP_ORIGIN: 'https://app.example', LAB: '1' }, '1'],
])('npm run up with %j has LAB=%s', (env, lab) => {
  expect(labSwitch(env)).toBe(lab)
})
