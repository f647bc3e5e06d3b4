import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@/e2e/support/fixtures'
import type { AppServer, User } from '@/e2e/support/server/server'

/** The expected status and body shape for each line of a block. */
type Answers = readonly (readonly [status: number, body: unknown])[]

const text = expect.stringMatching(/./)
const jwt = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/)
const user = { id: text, name: text }
const signedIn = [200, { access_token: jwt, refresh_token: jwt }] as const
const expiresIn = 900

const CONTRACTS: Readonly<Record<string, Answers>> = {
  'cookie-json': [
    [200, { token: jwt, expiresIn, user }],
    [200, { token: jwt, expiresIn }],
  ],
  'bearer-or-body': [
    signedIn,
    [200, { access_token: jwt }],
    [200, { access_token: jwt }],
    [200, 'You have access to this protected resource'],
  ],
  'cookie-get': [signedIn, [200, { accessToken: jwt }]],
  'bearer-post': [signedIn, [200, { access_token: jwt, expires_in: expiresIn }]],
  oauth: [
    signedIn,
    [200, { access_token: jwt, token_type: 'Bearer', expires_in: expiresIn }],
    [200, null],
  ],
}

/** The shell blocks of docs/contracts.md: the one that all share, and one for each contract. */
function blocksOfThePage() {
  const [, section = ''] = readFileSync('docs/contracts.md', 'utf8').split(
    '## Sign in and refresh with curl\n',
  )
  const blocks = (section.split('\n## ', 1)[0] ?? '').matchAll(/([^\n]*)\n\n```sh\n(.*?)```/gs)
  const [shared, ...rest] = [...blocks].map(([, title = '', code = '']) => ({ title, code }))
  const named = rest.map(({ title, code }) => [/^\*\*`([\w-]+)`\*\*/.exec(title)?.[1], code])
  return { shared: shared?.code ?? '', contracts: Object.fromEntries(named) }
}

/** Records each response as a line of JSON, beside what the page's own line does with it. */
const CURL = `
set -eo pipefail
curl() {
  local body status
  body=$(command curl -sS -w '\\n%{http_code}' "$@")
  status=\${body##*$'\\n'}
  body=\${body%$'\\n'*}
  echo "[$status,\${body:-null}]" >> answers
  printf '%s' "$body"
}
`

const bash = (script: string, cwd?: string) =>
  promisify(execFile)('bash', ['-c', script], { cwd, timeout: 300_000 })

/** Runs a block of the page unchanged, against this server and as this user. */
async function run(block: string, shared: string, server: AppServer, { name, password }: User) {
  const directory = mkdtempSync(join(tmpdir(), 'rekindle-curl-'))
  try {
    const ours = shared
      .replace(/^ORIGIN=.*$/m, `ORIGIN=${server.origin}`)
      .replace(/^LOGIN=.*$/m, `LOGIN='${JSON.stringify({ username: name, password })}'`)
    await bash([CURL, ours, block].join('\n'), directory)
    const answers = readFileSync(join(directory, 'answers'), 'utf8').trim().split('\n')
    return answers.map((line) => JSON.parse(line))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

test('docs/contracts.md has a block of curl for each contract, and no other', async () => {
  await bash('command -v curl')
  expect(Object.keys(blocksOfThePage().contracts)).toEqual(Object.keys(CONTRACTS))
})

for (const [name, answers] of Object.entries(CONTRACTS)) {
  test(`The lines of docs/contracts.md for ${name} sign in and refresh as they stand`, async ({
    startServer,
  }) => {
    // The page assumes no registered OAuth client.
    const server = await startServer({ env: { OAUTH_CLIENTS: '' } })
    const user = await server.register()
    const { shared, contracts } = blocksOfThePage()
    expect(await run(contracts[name] ?? '', shared, server, user)).toEqual(answers)
    expect(shared).toMatch(/^ORIGIN=http:\/\/localhost:3000\nLOGIN=/)
  })
}
