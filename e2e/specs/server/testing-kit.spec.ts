import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@/e2e/support/fixtures'
import { refreshPosition } from '@/e2e/support/lost-visits'
import type { AppServer } from '@/e2e/support/server/server'
import { findFreePort } from '@/testing/free-port.mjs'
import config from '../../../playwright.config'

const run = promisify(execFile)
const KIT = 'testing/kit'

/** Packs the kit and installs the tarball in a new project, which has nothing else of this repository but Playwright. */
async function installKit(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'rekindle-testing-'))
  await run(process.execPath, ['scripts/package-build.mjs', KIT])
  const { stdout } = await run('npm', [
    'pack',
    '--silent',
    '--pack-destination',
    project,
    `./${KIT}`,
  ])
  const installed = join(project, 'node_modules/rekindle-testing')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', join(project, stdout.trim()), '--strip-components=1', '-C', installed])
  for (const name of ['@playwright', 'playwright', 'playwright-core']) {
    await symlink(resolve('node_modules', name), join(project, 'node_modules', name))
  }
  await writeFile(join(project, 'package.json'), '{ "type": "module" }')
  return project
}

/** The blocks of docs/testing.md of one kind, with the addresses of this server and this proxy. */
async function blocks(kind: string, { origin }: AppServer, proxyPort: number): Promise<string[]> {
  const page = await readFile('docs/testing.md', 'utf8')
  return [...page.matchAll(/```(?:ts )?([\w-]+)\n(.*?)```/gs)]
    .filter(([, name]) => name === kind)
    .map(([, , code = '']) =>
      code.replaceAll('http://localhost:3000', origin).replaceAll('3999', `${proxyPort}`),
    )
}

/** The examples in the kit's own comments, as one spec. */
async function examples(): Promise<string> {
  const names = (await readdir(KIT)).filter((name) => /^[\w-]+\.ts$/.test(name))
  const sources = await Promise.all(names.map((name) => readFile(`${KIT}/${name}`, 'utf8')))
  const found = sources.flatMap((source) => [...source.matchAll(/\* @example\n(.*?)\n *\*\//gs)])
  const tests = found.map(([, lines = '']) => lines.replace(/^ *\* ?/gm, ''))
  return `import { expect, test, visitInVain } from 'rekindle-testing'\n\n${tests.join('\n\n')}\n`
}

test('The blocks of docs/testing.md and the examples of the kit run as they stand, from its tarball, outside this tree', {
  tag: '@hop',
}, async ({ startServer }) => {
  const [port, proxyPort] = await Promise.all([findFreePort(), findFreePort()])
  const origin = `http://localhost:${port}`
  const env = { APP_ORIGIN: origin, INTERNAL_ORIGIN: `http://127.0.0.1:${proxyPort}` }
  const [server, project] = await Promise.all([startServer({ port, env }), installKit()])
  const [command = ''] = await blocks('sh', server, proxyPort)
  const [bin = '', ...parameters] = command.trim().replace('npx ', '').split(' ')
  const { bin: bins } = JSON.parse(await readFile(`${KIT}/package.json`, 'utf8'))
  const program = join(project, 'node_modules/rekindle-testing', bins[bin])
  const proxy = spawn(process.execPath, [program, ...parameters])
  try {
    await once(proxy.stdout, 'data')
    const write = (name: string, code: string) => writeFile(join(project, name), code)
    const [documented = ''] = await blocks('config', server, proxyPort)
    await write('documented.config.ts', documented)
    const { launchOptions } = config.use ?? {}
    await write(
      'playwright.config.ts',
      `import { defineConfig } from '@playwright/test'
      import base from './documented.config'
      export default defineConfig(base, { workers: 2, timeout: 300_000, expect: { timeout: 60_000 },
        use: { launchOptions: ${JSON.stringify(launchOptions)} } })`,
    )
    const kinds = ['spec', 'shared-proxy', 'saved-state']
    const specs = (await Promise.all(kinds.map((k) => blocks(k, server, proxyPort)))).flat()
    expect(specs).toHaveLength(7)
    await Promise.all(specs.map((code, n) => write(`${n}.spec.ts`, code)))
    await write('examples.spec.ts', await examples())
    // What a team saved long ago.
    const saved = await server.kit.storageStateOf(await server.register(), 'ended-elsewhere')
    await mkdir(join(project, 'playwright/.auth'), { recursive: true })
    await write('playwright/.auth/user.json', JSON.stringify(saved))

    const playwright = join(project, 'node_modules/@playwright/test/cli.js')
    // Not the variables of this run, which would reach into that one.
    const { PATH, HOME, PLAYWRIGHT_BROWSERS_PATH } = process.env
    const { stdout } = await run(process.execPath, [playwright, 'test', '--reporter=line'], {
      cwd: project,
      env: { PATH, HOME, PLAYWRIGHT_BROWSERS_PATH, NODE_ENV: 'test' },
    }).catch(({ stdout, stderr }) => {
      throw new Error(`${stdout}\n${stderr}`)
    })
    const { length } = (await examples()).match(/^test\(/gm) ?? []
    expect(length).toBeGreaterThan(12)
    expect(stdout).toContain(`${9 + Number(length)} passed`)
  } finally {
    proxy.kill()
    await rm(project, { recursive: true, force: true })
  }
})

test('Time may pass under a page that sends requests: whenever one is sent, its jar keeps up with its session', {
  tag: '@fleet',
}, async ({ page, context, user, rows, signedIn, passTime }) => {
  await signedIn(context, { user })
  await page.goto('/dashboard')
  const statuses: number[] = []
  const ask = () => page.evaluate(async () => (await fetch('/api/me')).status)
  // The jar changes in steps, and the page sends a request after each of them.
  const [add, clear] = [context.addCookies.bind(context), context.clearCookies.bind(context)]
  context.addCookies = async (cookies) => {
    await add(cookies)
    statuses.push(await ask())
  }
  context.clearCookies = async (which) => {
    await clear(which)
    statuses.push(await ask())
  }

  await passTime('20m')

  expect(statuses).toEqual([200, 200])
  expect(rows.session(user.name)).toMatchObject({ generation: 1, branch: 0 })
  expect(await refreshPosition(page)).toEqual({ g: 1, b: 0 })
})
