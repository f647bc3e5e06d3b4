import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig } from '@/config/read'
import { newPassword, userName } from '@/contracts/credentials'
import { EVENT_AGE_MS } from '@/db/database'
import { setCookie } from '@/http/request/cookies'
import { laptop, newUser } from '@/testing/database/samples'
import { HTTPS, openServer } from '@/testing/server/suite'
import { DEVICE_COOKIE_SECONDS } from '../auth/account/device-token'

const page = readFileSync('docs/limits.md', 'utf8')
const rows = [...page.matchAll(/^\|(.*)\|$/gm)].map(([, row]) =>
  `${row}`.split('|').map((cell) => cell.trim()),
)
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  min: MINUTE,
  days: DAY,
  KiB: 1024,
  MiB: 1024 ** 2,
}
const secrets = {
  ACCESS_TOKEN_SECRET: 'an-access-secret-of-enough-characters-1',
  REFRESH_TOKEN_SECRET: 'a-refresh-secret-of-enough-characters-2',
}

/** Parses a limit of the page: a count, bytes, or a duration as milliseconds. */
function numberOf(text: string): number {
  const [, digits = '', unit = ''] = /^([\d,]+)(?: (\w+))?$/.exec(text) ?? []
  return Number(digits.replaceAll(',', '')) * (unit === '' ? 1 : (UNITS[unit] ?? Number.NaN))
}

/** Evaluates an arithmetic expression of numbers and known names. */
function resultOf(expression: string, known: Readonly<Record<string, number>> = {}): number {
  if (!/^[\w\s+*/().-]+$/.test(expression)) throw new Error(`No arithmetic: ${expression}`)
  return new Function(...Object.keys(known), `return ${expression}`)(...Object.values(known))
}

describe('the table of limits', () => {
  const inSource = rows.filter(([, , , where = '']) => where.includes('`'))

  it('says what the source says', () => {
    expect(inSource.length).toBeGreaterThan(25)
    for (const [what, limit = '', , where = ''] of inSource) {
      const [, file = '', name = ''] = /^`(.*)` `(.*)`$/.exec(where) ?? []
      const source = readFileSync(file, 'utf8')
      const [, expression = ''] = new RegExp(`\\bconst ${name} = (.*)$`, 'm').exec(source) ?? []
      const scale = name.endsWith('_SECONDS') ? 1000 : 1
      expect(resultOf(expression) * scale, `${what}: ${name}`).toBe(numberOf(limit))
    }
  })

  it('says the defaults of the configuration', () => {
    const limit = (variable: string) =>
      numberOf(rows.find(([, , name]) => name === `\`${variable}\``)?.[1] ?? '')
    const { accessTokenMs, leewayMs, idleMs, sessionMs, graceMs, ...config } = readConfig({
      ...secrets,
      NODE_ENV: 'production',
    })
    expect(limit('ACCESS_TOKEN_TTL')).toBe(accessTokenMs)
    expect(limit('REFRESH_LEEWAY')).toBe(leewayMs)
    expect(limit('REFRESH_TOKEN_TTL')).toBe(idleMs)
    expect(limit('SESSION_TTL')).toBe(sessionMs)
    expect(limit('REFRESH_GRACE')).toBe(graceMs)
    expect(limit('SHUTDOWN_DELAY')).toBe(config.shutdown?.delayMs)
    expect(limit('SHUTDOWN_TIMEOUT')).toBe(config.shutdown?.timeoutMs)
    expect(limit('DATABASE_POOL_SIZE')).toBe(config.database.poolSize)
    expect(limit('REFRESH_TIMEOUT')).toBe(config.refreshTimeoutMs)
    expect(limit('DATABASE_TIMEOUT')).toBe(config.database.timeoutMs)
    expect(config.signInLimit).toEqual({ points: limit('SIGN_IN_LIMIT'), windowSeconds: 60 })
    const perAccount = { points: limit('ACCOUNT_SIGN_IN_LIMIT'), windowSeconds: 3600 }
    expect(config.accountLimit).toEqual(perAccount)
    const variables = rows.filter(([, , name, where]) => where !== undefined && name?.includes('`'))
    expect(variables).toHaveLength(12)
  })

  it('says how long the cookies are', async () => {
    const server = await openServer({ APP_ORIGIN: HTTPS })
    const { database, devices, config } = server
    const user = newUser({ nameKey: 'x'.repeat(64) })
    await database.users.create(user)
    const { access, refresh, sessionId } = await server.startSession(user, laptop)
    const deviceToken = await devices.issue({ account: user.nameKey, sessionId })
    const lengths = [
      setCookie('access', access.token, access.expiresInSeconds, config),
      setCookie('refresh', refresh?.token ?? '', refresh?.expiresInSeconds ?? 0, config),
      setCookie('device', deviceToken, DEVICE_COOKIE_SECONDS, config),
    ].map(({ length }) => length)
    expect(page.replace(/\s+/g, ' ')).toContain(
      `access, refresh and device have ${lengths[0]}, ${lengths[1]} and ${lengths[2]} bytes`,
    )
    await server.dispose()
  })

  it.each([
    ['name', userName],
    ['password to be set', newPassword],
  ])('says how long a %s may be', (what, schema) => {
    const [, range = ''] = rows.find(([name]) => name === `characters of a ${what}`) ?? []
    const [least = 0, most = 0] = range.split(' to ').map(Number)
    const passes = (length: number) => schema.safeParse('x'.repeat(length)).success
    expect([least - 1, least, most, most + 1].map(passes)).toEqual([false, true, true, false])
  })
})

describe('the costs', () => {
  const inputs = Object.fromEntries(
    rows.flatMap(([names = '', values = '']) => {
      if (!/^`\w+`(?:, `\w+`)*$/.test(names)) return []
      const numbers = values.split(', ').map(Number)
      return [...names.matchAll(/`(\w+)`/g)].map(([, name], n) => [`${name}`, numbers[n] ?? 0])
    }),
  )
  const [, block = ''] = /^```formulas\n(.*?)^```/ms.exec(page) ?? []
  const formulas = block
    .trim()
    .split('\n')
    .map((line) => line.split(' = ') as [string, string])
  const results = rows.filter(([name = '']) => /^`\w+`: /.test(name))

  it('begin with the defaults of the configuration', () => {
    const { accessTokenMs, leewayMs, sessionMs, database } = readConfig(secrets)
    expect(inputs).toMatchObject({
      token_minutes: accessTokenMs / MINUTE,
      leeway_minutes: leewayMs / MINUTE,
      session_days: sessionMs / DAY,
      event_days: EVENT_AGE_MS / DAY,
      pool: database.poolSize,
    })
  })

  it.each([1, 10, 100])('are the results of the formulas, for %d million people', (millions) => {
    const known: Record<string, number> = { ...inputs, people: millions * 1e6 }
    for (const [name, expression] of formulas) known[name] = resultOf(expression, known)
    expect(results).toHaveLength(formulas.length)
    for (const [title = '', ...cells] of results) {
      const name = title.split('`')[1] ?? ''
      const value = (known[name] ?? Number.NaN) / (title.includes('millions') ? 1e6 : 1)
      const rounded = Number(value.toPrecision(2)).toLocaleString('en-US')
      expect(cells[Math.log10(millions)], title).toBe(rounded)
    }
  })
})
