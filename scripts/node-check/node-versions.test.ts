import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { complaintOfRecord, highest, parseVersions } from './node-versions.mjs'

const folder = mkdtempSync(join(tmpdir(), 'rekindle-versions-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('npm run node:check', () => {
  it('takes one version or several, whole or in part, each once', () => {
    expect(parseVersions(['26'])).toEqual(['26'])
    expect(parseVersions(['22', 'v24.1', '26.12.1', '22'])).toEqual(['22', '24.1', '26.12.1'])
  })

  it.each([
    ['Which Node?', []],
    ['banana is no version', ['banana']],
    ['>=20 is no version', ['22', '>=20']],
    ['latest is no version', ['latest']],
    ['26.1.0.0 is no version', ['26.1.0.0']],
    ['--help is no version', ['--help']],
    [' is no version', ['']],
  ])('says in one line what is wrong, and ends with 2: %s %o', (complaint, args) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [resolve('scripts/node-check/node-check.mjs'), ...args],
      { encoding: 'utf8' },
    )
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(complaint)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it('takes the newest release, in whatever order they are listed', () => {
    expect(highest(['26.10.0', '26.12.1', '26.12.0', '26.9.0'])).toBe('26.12.1')
    expect(highest(['24.2.0', '100.0.0', '24.10.0'])).toBe('100.0.0')
    expect(highest([])).toBeUndefined()
  })
})

describe('what ran on which Node', () => {
  const record =
    'v26.12.1 /usr/bin/npx\nv26.12.1 /app/node_modules/.bin/vitest\nv26.12.1 -\nv26.12.1 worker.js\n'

  it('is as it was meant', () => {
    expect(complaintOfRecord(record, '26.12.1', ['npx', 'vitest'])).toBeNull()
  })

  it('fails where a single process ran on another version', () => {
    const foreign = `${record}v26.12.10 /app/node_modules/.bin/next\n`
    expect(complaintOfRecord(foreign, '26.12.1', ['vitest'])).toMatch(/v26\.12\.10 .*next$/)
  })

  it('fails where what was to be checked was not seen at all', () => {
    expect(complaintOfRecord(record, '26.12.1', ['vitest', 'next'])).toMatch(/next/)
    expect(complaintOfRecord('', '26.12.1', ['vitest'])).toMatch(/vitest/)
  })

  it('is written down by each process and each worker, whatever they do', () => {
    const NODE_CHECK_RECORD = join(folder, 'record')
    const program = join(folder, 'program.cjs')
    const source = `
      const { execFileSync } = require('node:child_process')
      execFileSync(process.execPath, ['-e', '0'])
      new (require('node:worker_threads').Worker)('0', { eval: true })
    `
    const env = {
      ...process.env,
      NODE_CHECK_RECORD,
      NODE_OPTIONS: `--require=${resolve('scripts/node-check/node-witness.cjs')}`,
    }
    spawnSync(process.execPath, ['-e', source, program], { env })
    const written = readFileSync(NODE_CHECK_RECORD, 'utf8')
    expect(written.split('\n').slice(0, -1)).toHaveLength(3)
    expect(complaintOfRecord(written, process.versions.node, [program])).toBeNull()
  })
})
