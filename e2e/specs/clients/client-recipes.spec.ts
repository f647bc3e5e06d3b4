import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import axios from 'axios'
import ky from 'ky'
import createApi from 'openapi-fetch'
import { createClient } from '@/client/client'
import { bundle } from '@/e2e/support/clients/client-bundle'
import { expect, test } from '@/e2e/support/fixtures'
import type { User } from '@/e2e/support/server/server'

const run = promisify(execFile)

/** The programs of docs/client.md for `platform`, for this user of this server. */
async function recipes(platform: string, origin: string, user: User): Promise<string[]> {
  const page = await readFile('docs/client.md', 'utf8')
  const blocks = [...page.matchAll(/```ts (\w+)\n(.*?)```/gs)]
  const programs = blocks.filter(([, name]) => name === platform).map(([, , code = '']) => code)
  return programs.map((code) =>
    code
      .replaceAll('http://localhost:3000', origin)
      .replaceAll("'demo'", `'${user.name}'`)
      .replaceAll('keep-me-signed-in', user.password),
  )
}

/** The parts of React Native that the recipe and the client use, with its old AbortController. */
const PHONE = {
  phone: `import { AbortController, AbortSignal } from 'abort-controller'
    const [native, NativeController] = [globalThis.fetch, globalThis.AbortController]
    const fetch = (input, { signal, ...init } = {}) => {
      const controller = new NativeController()
      signal?.addEventListener('abort', () => controller.abort())
      return native(input, { ...init, signal: controller.signal })
    }
    Object.assign(globalThis, { AbortController, AbortSignal, fetch, BroadcastChannel: undefined })`,
  'expo-secure-store': `const kept = new Map()
    export const getItemAsync = async (key) => kept.get(key) ?? null
    export const setItemAsync = async (key, value) => void kept.set(key, value)
    export const deleteItemAsync = async (key) => void kept.delete(key)`,
  'react-native': `export const AppState = { addEventListener: (_, listener) => listener('active') }`,
}

test('Recipes: the programs of docs/client.md for Node, React Native, ky, axios and openapi-fetch run as they stand', async ({
  server,
  front,
  user,
}) => {
  const programs = await recipes('node', server.origin, user)
  expect(programs).toHaveLength(3)
  for (const program of programs) {
    front.forget()
    const directory = await mkdtemp(join(tmpdir(), 'rekindle-recipe-'))
    try {
      const file = join(directory, 'recipe.mjs')
      const platform = program.includes('react-native') ? "import 'phone'\n" : ''
      await writeFile(file, await bundle(platform + program, 'esm', PHONE))
      // Twice, because the second run resumes the stored session.
      for (let i = 0; i < 2; i++) {
        const { stdout } = await run(process.execPath, [file], { cwd: directory, timeout: 300_000 })
        expect(stdout).toBe(`${user.name} signed-in\n`)
      }
    } finally {
      await rm(directory, { recursive: true })
    }
    const refused = front.exchanges.filter(({ answer }) => (answer?.status ?? 0) >= 400)
    expect(refused).toEqual([])
  }
})

test('Recipes: the program of docs/client.md for browsers runs as it stands, and the end of the session leads to sign-in', async ({
  server,
  page,
  user,
}) => {
  const [program = ''] = await recipes('browser', server.origin, user)
  const [imports, rest] = [/^import .*$/gm, program.replace(/^import .*$/gm, '')]
  const lines = program.match(imports) ?? []
  const script = await bundle(
    `${lines.join('\n')}\nexport const done = (async () => {${rest}\nreturn [user.name, client.session.get().status, client]})()`,
  )
  await page.goto('/sign-up?at=1')
  const evaluated = `(async () => { ${script}; const [name, status, client] = await rekindle.done; globalThis.client = client; return [name, status] })()`
  expect(await page.evaluate(evaluated)).toEqual([user.name, 'signed-in'])
  await page.evaluate(() => fetch('/api/auth/logout', { method: 'POST' }))
  // Not awaited, because the page is closed meanwhile.
  await page.evaluate(() => void client.fetch('/api/me').catch(() => {}))
  await page.waitForURL((url) => url.pathname === '/sign-in')
  expect(new URL(page.url()).searchParams.get('reason')).toBeTruthy()
})

test('Recipes: what ky, axios and openapi-fetch post is posted once more after a 401, body and all', async ({
  server,
  front,
  user,
}) => {
  const client = createClient({ origin: server.origin, proactive: false })
  await client.login({ username: user.name, password: user.password })
  const { fetch } = client
  const path = '/api/account/password'
  const body = { currentPassword: user.password, newPassword: 'another long sentence' }
  const posts = {
    ky: (json: object) => ky.post(server.origin + path, { json, fetch }).json(),
    axios: async (json: object) => {
      const config = { baseURL: server.origin, adapter: 'fetch', env: { fetch } } as const
      return (await axios.create(config).post(path, json)).data
    },
    'openapi-fetch': async (json: object) => {
      const api = createApi<Record<string, never>>({ baseUrl: server.origin, fetch })
      // biome-ignore lint/suspicious/noExplicitAny: the test has no generated types of the paths
      return (await (api as any).POST(path, { body: json })).data
    },
  }
  for (const [name, post] of Object.entries(posts)) {
    await test.step(name, async () => {
      front.reset()
      front.when({ path }, { kind: 'answer', status: 401 }, 1)
      const given = {
        currentPassword: body.currentPassword,
        newPassword: `${name} ${body.newPassword}`,
      }
      expect(await post(given)).toHaveProperty('ended')
      body.currentPassword = given.newPassword
      expect(front.passed(path).map((exchange) => JSON.parse(exchange.body))).toEqual([
        given,
        given,
      ])
      expect(front.passed('/api/auth/refresh')).toHaveLength(1)
      // The client still holds its earlier tokens.
      await client.login({ username: user.name, password: body.currentPassword })
    })
  }
  client.close()
})
