import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type BrowserContext, chromium } from '@playwright/test'
import { z } from 'zod'
import { findBrowsers } from '@/scripts/support/browser.mjs'
import { findFreePort } from '@/testing/free-port.mjs'

/** The screens that Lighthouse knows. */
export type FormFactor = 'mobile' | 'desktop'

export const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const
export type Category = (typeof CATEGORIES)[number]

/** What is read of Lighthouse's result. Scores are from 0 to 1; null is an audit that does not apply. */
const resultSchema = z.object({
  lhr: z.object({
    runtimeError: z.object({ code: z.string(), message: z.string() }).optional(),
    categories: z.partialRecord(
      z.enum(CATEGORIES),
      z.object({
        score: z.number(),
        auditRefs: z.array(z.object({ id: z.string(), weight: z.number() })),
      }),
    ),
    audits: z.record(
      z.string(),
      z.object({
        title: z.string(),
        score: z.number().nullable(),
        numericValue: z.number().optional(),
      }),
    ),
  }),
})

/** The result of one audit of one page. */
export interface Report {
  /** From 0 to 100. */
  readonly scores: Readonly<Partial<Record<Category, number>>>
  readonly totalBlockingMs: number
  readonly largestPaintMs: number
  /** The titles of the audits that cost points, of all categories but performance, where nearly all do. */
  readonly faults: readonly string[]
}

/** A browser with Lighthouse. What its context holds in its jar is sent with the page. */
export interface Auditor {
  readonly context: BrowserContext
  /** @throws Error if the page cannot be loaded. */
  audit(url: string, form: FormFactor, categories: readonly Category[]): Promise<Report>
  close(): Promise<void>
}

export async function openAuditor(): Promise<Auditor> {
  const { default: lighthouse, desktopConfig } = await loadLighthouse()
  const browsers = findBrowsers()
  if (browsers === null) throw new Error('No Chromium found: npx playwright install chromium')
  const port = await findFreePort()
  const profile = await mkdtemp(join(tmpdir(), 'rekindle-lighthouse-'))
  const context = await chromium.launchPersistentContext(profile, {
    ...(browsers.headless ? { executablePath: browsers.headless } : {}),
    args: ['--no-sandbox', '--disable-gpu', `--remote-debugging-port=${port}`],
  })
  return {
    context,
    async audit(url, form, onlyCategories) {
      const flags = { port, logLevel: 'error', onlyCategories }
      const result = await lighthouse(url, flags, form === 'desktop' ? desktopConfig : undefined)
      return reportOf(url, resultSchema.parse(result))
    },
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

function reportOf(url: string, { lhr }: z.infer<typeof resultSchema>): Report {
  const { runtimeError, categories, audits } = lhr
  if (runtimeError) throw new Error(`${url}: ${runtimeError.code}: ${runtimeError.message}`)
  const found = CATEGORIES.flatMap((name) => {
    const category = categories[name]
    return category ? [[name, category] as const] : []
  })
  const lacking = found.flatMap(([name, { auditRefs }]) =>
    name === 'performance' ? [] : auditRefs.filter(({ weight }) => weight > 0),
  )
  return {
    scores: Object.fromEntries(found.map(([name, { score }]) => [name, Math.round(score * 100)])),
    totalBlockingMs: Math.round(audits['total-blocking-time']?.numericValue ?? 0),
    largestPaintMs: Math.round(audits['largest-contentful-paint']?.numericValue ?? 0),
    faults: lacking.flatMap(({ id }) => {
      const audit = audits[id]
      return audit && audit.score !== null && audit.score < 1 ? [`${id}: ${audit.title}`] : []
    }),
  }
}

interface Lighthouse {
  default(url: string, flags: object, config?: unknown): Promise<unknown>
  readonly desktopConfig: unknown
}

const MANIFEST = ['package.json', 'package-lock.json']
const INSTALLED = '.bench/lighthouse'

/** Lighthouse is 190 MB, so it is not among the packages that everybody installs, but apart from them, by a lock file of its own. */
async function loadLighthouse(): Promise<Lighthouse> {
  const wanted = fileURLToPath(new URL('packages', import.meta.url))
  const lock = readFileSync(join(wanted, 'package-lock.json'), 'utf8')
  const mark = join(INSTALLED, 'node_modules/.installed')
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== lock) {
    mkdirSync(INSTALLED, { recursive: true })
    for (const file of MANIFEST) copyFileSync(join(wanted, file), join(INSTALLED, file))
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    execFileSync('npm', args, { cwd: INSTALLED, stdio: 'inherit' })
    writeFileSync(mark, lock)
  }
  return import(pathToFileURL(resolve(INSTALLED, 'node_modules/lighthouse/core/index.js')).href)
}
