import { parseArgs } from 'node:util'
import { z } from 'zod'
import { startBarePage } from '@/e2e/support/server/bare-page'
import { startAppServer } from '@/e2e/support/server/server'
import { findFreePort } from '@/testing/free-port.mjs'
import { type Auditor, CATEGORIES, type Category, openAuditor, type Report } from './auditor'

// npm run lighthouse [-- --runs 5] [-- --only-checks]: Lighthouse on the production build. Exits with 1 under the bounds.
//
// Accessibility, best practices and SEO must be 100 on every page, on a phone and on a desktop. The performance of three pages on a
// phone must be 90 in the median of some runs. A busy machine costs points there, so a bare page of Next.js is measured in turn with
// them; `--only-checks` leaves performance out.
//
// The pages behind the gate have no `noindex`: a crawler has no session, and is sent to /sign-in. They are kept out of the
// back/forward cache on purpose, by `no-store`, so that nobody goes back to a page after signing out. Lighthouse shows that, and
// takes no points for it.

const CHECKS = CATEGORIES.filter((category) => category !== 'performance')
const CHECKED = ['/', '/sign-in', '/sign-up', '/docs', '/dashboard', '/devices', '/account']
const TIMED = ['/', '/sign-in', '/dashboard']
const FAST = 90
/** What the bare page scores where nothing else keeps the machine busy, or a little less. */
const BARE = 95

const optionsSchema = z.object({
  runs: z.coerce.number('must be a whole number from 1 to 50').int().min(1).max(50),
  'only-checks': z.boolean(),
})

const options = readOptions()
const faults: string[] = []
// Not behind the proxy of the tests, which forbids compression.
const port = await findFreePort()
const origin = `http://127.0.0.1:${port}`
const server = await startAppServer({ port, env: { APP_ORIGIN: origin } })
try {
  const auditor = await openAuditor()
  try {
    const user = await server.register()
    const { cookies } = await server.kit.storageStateOf(user)
    const audit = auditOf(auditor, [...cookies])
    await check(audit)
    if (!options['only-checks']) await time(audit)
  } finally {
    await auditor.close()
  }
} finally {
  await server.stop()
}
for (const fault of faults) console.error(fault)
// Not `process.exit`, which could cut off what was printed.
process.exitCode = faults.length > 0 ? 1 : 0

type Audit = (
  path: string,
  form: 'mobile' | 'desktop',
  categories: readonly Category[],
  at?: string,
) => Promise<Report>

/** Audits a page as the person who can see it: the pages that need no session are seen by a stranger. */
function auditOf(
  { context, audit }: Auditor,
  cookies: Parameters<typeof context.addCookies>[0],
): Audit {
  return async (path, form, categories, at = origin) => {
    await context.clearCookies()
    if (['/dashboard', '/devices', '/account'].includes(path)) await context.addCookies(cookies)
    return audit(`${at}${path}`, form, categories)
  }
}

async function check(audit: Audit): Promise<void> {
  console.log(row('', ...CHECKS))
  for (const form of ['mobile', 'desktop'] as const) {
    for (const path of CHECKED) {
      const { scores, faults: found } = await audit(path, form, CHECKS)
      console.log(row(`${path}, ${form}`, ...CHECKS.map((name) => scores[name])))
      faults.push(...found.map((fault) => `${path}, ${form}: ${fault}`))
      for (const name of CHECKS) {
        if (scores[name] !== 100) faults.push(`${path}, ${form}: ${name} is ${scores[name]}`)
      }
    }
  }
}

async function time(audit: Audit): Promise<void> {
  const bare = await startBarePage()
  const pages = ['a bare page', ...TIMED]
  const reports = new Map<string, Report[]>(pages.map((page) => [page, []]))
  try {
    // In turn, so that a busy minute meets all of them.
    for (let run = 0; run < options.runs; run++) {
      for (const [page, list] of reports) {
        const isBare = page === 'a bare page'
        const at = isBare ? bare.origin : origin
        list.push(await audit(isBare ? '/' : page, 'mobile', ['performance'], at))
      }
    }
  } finally {
    await bare.stop()
  }
  const scoreOf = ({ scores }: Report) => scores.performance ?? 0
  console.log(`\n${row('mobile', 'performance', 'each run', 'blocking ms', 'largest paint ms')}`)
  for (const [page, list] of reports) {
    const each = list.map(scoreOf)
    const blocking = median(list.map(({ totalBlockingMs }) => totalBlockingMs))
    const paint = median(list.map(({ largestPaintMs }) => largestPaintMs))
    console.log(row(page, median(each), each.join(' '), blocking, paint))
    if (page !== 'a bare page' && median(each) < FAST) {
      faults.push(`${page}: performance is ${median(each)}, and must be ${FAST}`)
    }
  }
  const least = median((reports.get('a bare page') ?? []).map(scoreOf))
  if (faults.length > 0 && least < BARE) {
    faults.push(
      `A bare page scores ${least}: this machine is too busy for a verdict on performance`,
    )
  }
}

function readOptions(): z.infer<typeof optionsSchema> {
  try {
    const { values } = parseArgs({
      options: {
        runs: { type: 'string', default: '5' },
        'only-checks': { type: 'boolean', default: false },
      },
    })
    return optionsSchema.parse(values)
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : `${error}`
    console.error(`${reason}\nnpm run lighthouse -- [--runs 5] [--only-checks]`)
    process.exit(2)
  }
}

function row(name: string, ...cells: readonly (string | number | undefined)[]): string {
  return name.padEnd(22) + cells.map((cell) => String(cell ?? '').padStart(18)).join('')
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
