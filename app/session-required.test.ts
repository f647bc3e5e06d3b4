import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isPublic, usesSession } from '@/edge/paths'

/** Routes behind the gate that need no session, because they only respond with 404. */
const NOT_FOUND_ROUTES = new Set(['api/[...nowhere]/route.ts'])

/** The files that do not check the session, or do not say which user they were rendered for: one line for each fault. */
function findUnprotected(sources: ReadonlyMap<string, string>): string[] {
  const faults: string[] = []
  for (const [file, source] of sources) {
    const code = withoutComments(source)
    const fault = pageFault(file, code) ?? handlerFault(file, code)
    if (fault) faults.push(`${file}: ${fault}`)
    faults.push(...actionFaults(code).map((name) => `${file}: ${name} is not a personalAction`))
    if (writesWithFetch(code)) faults.push(`${file}: writes with a fetch that names no user`)
  }
  return faults
}

/** A page that is not public must call `requireSession` or `requireRecentAuth` itself: a layout does not protect it. */
function pageFault(file: string, code: string): string | null {
  if (!/(^|\/)page\.(tsx?|jsx?|mdx)$/.test(file)) return null
  if (/\bfindSession\(/.test(code) && !usesSession(pathOf(file))) {
    return 'reads a session that the gate does not renew'
  }
  if (isPublic(pathOf(file))) return null
  if (!/\bawait require(Session|RecentAuth)\(/.test(code)) return 'does not check the session'
  return /<RenderedFor session=/.test(code) ? null : 'does not render RenderedFor'
}

/** A route handler that is not public must be a `protectedRoute`. The rule covers metadata routes and images, too. */
function handlerFault(file: string, code: string): string | null {
  const isRoute = /(^|\/)route\.(ts|js)$/.test(file)
  const isMade =
    /(^|\/)(icon|apple-icon|opengraph-image|twitter-image|sitemap|robots|manifest)\d*\.(tsx?|jsx?)$/
  if (!isRoute && !isMade.test(file)) return null
  if (isPublic(pathOf(file)) || NOT_FOUND_ROUTES.has(file)) return null
  return /\bprotectedRoute(<\w+>)?\(/.test(code) ? null : 'does not check the session'
}

/** The exported server actions that are not a `personalAction`. Anybody can call an exported action. */
function actionFaults(code: string): string[] {
  const inline = /\n[ \t]+['"]use server['"]/.test(code) ? ['an action within a function'] : []
  if (!/^\s*['"]use server['"]/.test(code)) return inline
  const exported = [...code.matchAll(/^export (?!interface|type)(.*)$/gm)].map(
    ([, rest = '']) => rest,
  )
  const bad = exported.filter((rest) => !/^const \w+ = personalAction(<[^>]+>)?\(/.test(rest))
  return [...inline, ...bad]
}

/** True for a client component that writes with `fetch` instead of `sessionClient.fetch`. */
function writesWithFetch(code: string): boolean {
  if (!/^\s*['"]use client['"]/.test(code)) return false
  return /(^|[^.\w])fetch\([^)]*\bmethod\b/s.test(code)
}

/** The path of a page or route handler. Route groups in parentheses and slots are not part of it. */
function pathOf(file: string): string {
  const folders = file.split('/').slice(0, -1)
  return `/${folders.filter((folder) => !/^(\(.*\)|@.*)$/.test(folder)).join('/')}`
}

function withoutComments(source: string): string {
  return source.replace(/\/\*.*?\*\//gs, '').replace(/(^|[^:])\/\/.*$/gm, '$1')
}

const rooms = ['app', 'client', 'contracts', 'db', 'http', 'server', 'session']
const tree = (room: string): [string, string][] =>
  readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(tsx?|jsx?|mjs|mdx)$/.test(file) && !/\.(test|suite)\.ts$/.test(file))
    .filter((file) => !/node_modules|^dist\//.test(file))
    .map((file) => [file, readFileSync(`${room}/${file}`, 'utf8')])

describe('F47 F29 every page, route and action', () => {
  it('checks the session unless the gate lists it as public, and every action is a personalAction', () => {
    const app = new Map(tree('app'))
    expect(findUnprotected(app)).toEqual([])
    // The test must find files, or it could not fail.
    expect(
      [...app.keys()].filter((file) => /(page|route)\.tsx?$/.test(file)).length,
    ).toBeGreaterThan(20)
    const actions = [...app].flatMap(([, code]) => code.match(/= personalAction</g) ?? [])
    expect(actions.length).toBeGreaterThanOrEqual(4)
  })

  it('keeps server actions inside app/', () => {
    const sources = rooms.filter((room) => room !== 'app').flatMap(tree)
    const actions = sources.filter(([, code]) =>
      /^\s*['"]use server['"]/m.test(withoutComments(code)),
    )
    expect(actions.map(([file]) => file)).toEqual([])
  })

  it.each<[string, string, string]>([
    ['a page without a check', '(signed-in)/reports/page.tsx', 'export default function Page() {}'],
    [
      'a page with the check in a comment',
      'reports/page.tsx',
      "import { requireSession } from '@/server/auth/session/dal'\n// await requireSession('/reports')\n/* await requireSession() */\n<RenderedFor session={session} />",
    ],
    [
      'a page that does not await the check',
      'reports/page.tsx',
      'void requireSession()\n<RenderedFor session={session} />',
    ],
    ['a page without RenderedFor', 'reports/page.tsx', "await requireSession('/reports')"],
    ['a page below a public one', 'docs/internal/page.tsx', 'export default function Page() {}'],
    [
      'a public page that reads a session which the gate does not renew',
      'robots.txt/page.tsx',
      'const session = await findSession()',
    ],
    ['a page in a slot', '@modal/reports/page.tsx', 'export default function Page() {}'],
    ['a handler', 'api/reports/route.ts', 'export const GET = route(async () => new Response())'],
    ['an image', 'reports/opengraph-image.tsx', 'export default function Image() {}'],
    [
      'an action that is a function',
      'reports/actions.ts',
      "'use server'\nexport async function send() {}",
    ],
    [
      'an action that is handed on',
      'reports/actions.ts',
      "'use server'\nexport { send } from './x'",
    ],
    [
      'an action beside a good one',
      'reports/actions.ts',
      "'use server'\nexport const one = personalAction<Outcome>({})\nexport const two = async () => {}",
    ],
    [
      'an action within a component',
      'docs/form.tsx',
      "export function Form() {\n  async function send() {\n    'use server'\n  }\n}",
    ],
    [
      'a component that writes by itself',
      'docs/button.tsx',
      "'use client'\nawait fetch('/api/sessions', {\n  method: 'DELETE' })",
    ],
  ])('is reported if it lacks the check: %s', (_, file, source) => {
    expect(findUnprotected(new Map([[file, source]]))).toHaveLength(1)
  })

  it.each<[string, string]>([
    ['sign-in/page.tsx', 'export default function Page() {}'],
    [
      '(signed-in)/reports/page.tsx',
      "const session = await requireSession('/reports')\n<RenderedFor session={session} />",
    ],
    [
      '(signed-in)/payouts/page.tsx',
      'const session = await requireRecentAuth({ maxAgeMs: 1 })\n<RenderedFor session={session} />',
    ],
    ['api/reports/route.ts', 'const list = protectedRoute<Context>(async () => new Response())'],
    ['api/auth/login/route.ts', 'const enter = route(async () => new Response())'],
    [
      'reports/actions.ts',
      "'use server'\nexport interface Outcome {}\nexport const send = personalAction<Outcome>({})",
    ],
    ['docs/button.tsx', "'use client'\nawait sessionClient.fetch('/api/x', { method: 'POST' })"],
  ])('is not reported if it has the check: %s', (file, source) => {
    expect(findUnprotected(new Map([[file, source]]))).toEqual([])
  })
})
