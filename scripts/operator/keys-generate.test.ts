import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig } from '@/config/read'
import { generateJwk } from '@/session/keys/key-generation'
import { type PrivateJwk, readKeyPairs } from '@/session/keys/key-pair'

const ed = await generateJwk('EdDSA')
const ec = await generateJwk('ES256')
const folder = mkdtempSync(join(tmpdir(), 'rekindle-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('npm run keys:generate', () => {
  it.each([
    ['EdDSA', []],
    ['EdDSA', ['--add']],
    ['ES256', ['--alg', 'ES256']],
    ['ES256', ['--add', '--alg=ES256']],
  ] as const)(
    'prints a first key for %s, ready to paste, and says that it is private: %o',
    (algorithm, args) => {
      const { status, lines, stderr } = run(args)
      expect(status).toBe(0)
      expect(Object.keys(lines)).toEqual(['ACCESS_TOKEN_ALG', 'ACCESS_TOKEN_KEYS'])
      const { accessKeys } = readConfig({
        ...lines,
        REFRESH_TOKEN_SECRET: 'a-refresh-secret-of-enough-characters-2',
      })
      expect(accessKeys).toMatchObject({ algorithm, keyPairs: [{ d: expect.any(String) }] })
      expect(stderr).toContain('private keys')
      expect(stderr).not.toContain(accessKeys.keyPairs[0]?.d)
      expect(stderr.trim().split('\n')).toHaveLength(args.some((arg) => arg === '--add') ? 1 : 2)
    },
  )

  it('adds a key after the others, and does not change which key signs', () => {
    const { lines } = run(['--alg', 'ES256'], [ed])
    expect(Object.keys(lines)).toEqual(['ACCESS_TOKEN_KEYS'])
    expect(keysOf(lines)).toEqual([ed, expect.objectContaining({ crv: 'P-256' })])
  })

  it('moves the last key to the front, where it signs', () => {
    const { lines } = run(['--promote'], [ed, ec])
    expect(lines.ACCESS_TOKEN_ALG).toBe('ES256')
    expect(keysOf(lines)).toEqual([ec, ed])
  })

  it('retires every key but the first', () => {
    const { lines } = run(['--retire'], [ec, ed])
    expect(Object.keys(lines)).toEqual(['ACCESS_TOKEN_KEYS'])
    expect(keysOf(lines)).toEqual([ec])
  })

  it('goes all the way round in .env.local, as pasted', () => {
    const file = join(folder, '.env.local')
    const paste = (args: string[]) => {
      const { stdout, lines } = run(args, null)
      writeFileSync(file, stdout)
      return keysOf(lines)
    }
    const [first] = paste([])
    const [, second] = paste([])
    expect(paste(['--promote'])).toEqual([second, first])
    expect(paste(['--retire'])).toEqual([second])
    rmSync(file)
  })

  it.each([
    ['--alg is EdDSA or ES256', ['--alg', 'RS256']],
    ['Unknown option', ['--force']],
    ['Unexpected argument', ['ES256']],
    ['one at a time', ['--promote', '--retire']],
    ['one at a time', ['--promote', '--alg', 'ES256']],
  ])('says what is wrong with an option, and ends with 2: %s', (complaint, args) => {
    const { status, stdout, stderr } = run(args, [ed])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(complaint)
    expect(stderr).toContain('Usage: npm run keys:generate')
  })

  it.each(['--promote', '--retire'])('cannot %s a key where there is none', (option) => {
    expect(run([option])).toMatchObject({ status: 2, stdout: '' })
  })

  it('does not replace a value that it cannot read, and does not print it', () => {
    const { status, stdout, stderr } = run([], [{ ...ed, crv: 'X25519' } as object as PrivateJwk])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^ACCESS_TOKEN_KEYS must hold private keys/)
    expect(stderr).not.toContain(ed.d)
  })
})

/** Runs the command in a temporary folder with these keys; with null, its `.env.local` sets them. */
function run(args: readonly string[], keys: readonly PrivateJwk[] | null = []) {
  const { NODE_ENV: _, ACCESS_TOKEN_KEYS: __, ...env } = process.env
  const given = keys?.length ? JSON.stringify(keys) : ''
  const { status, stdout, stderr } = spawnSync(
    resolve('node_modules/.bin/tsx'),
    ['--tsconfig', resolve('tsconfig.json'), resolve('scripts/operator/keys-generate.ts'), ...args],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...env, ...(keys && { ACCESS_TOKEN_KEYS: given }) } as NodeJS.ProcessEnv,
    },
  )
  const lines: Record<string, string> = Object.fromEntries(
    [...stdout.matchAll(/^(\w+)='?([^'\n]*)'?$/gm)].map(([, name, value]) => [name, value]),
  )
  return { status, stdout, stderr, lines }
}

function keysOf({ ACCESS_TOKEN_KEYS: text }: Record<string, string>): PrivateJwk[] {
  return readKeyPairs(text)
}
