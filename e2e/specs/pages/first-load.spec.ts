import { gzipSync } from 'node:zlib'
import type { Browser } from '@playwright/test'
import { expect, test } from '@/e2e/support/fixtures'
import { startBarePage } from '@/e2e/support/server/bare-page'
import { untilIdle } from '@/e2e/support/steps'

/** How much more script than the bare page of the same Next.js and React a visitor without a session may load. */
const AT_MOST = 1.15

test('A first visit loads at most 15 % more script than a bare page of the same Next.js does', async ({
  browser,
  baseURL,
}) => {
  const bare = await startBarePage()
  try {
    const least = await scriptOf(browser, bare.origin, '/')
    expect(least.raw).toBeGreaterThan(100_000)
    for (const path of ['/', '/sign-in']) {
      const ours = await scriptOf(browser, `${baseURL}`, path)
      console.log(`${path}: ${describe(ours)}; a bare page: ${describe(least)}`)
      expect(ours.raw / least.raw, `${path}, bytes of script`).toBeLessThanOrEqual(AT_MOST)
      expect(ours.gzip / least.gzip, `${path}, compressed`).toBeLessThanOrEqual(AT_MOST)
    }
  } finally {
    await bare.stop()
  }
})

interface Bytes {
  readonly raw: number
  readonly gzip: number
}

const describe = ({ raw, gzip }: Bytes) => `${raw} B of script, ${gzip} B compressed`

/** The script files that a page loads in a browser without a cache, those of prefetched links included. */
async function scriptOf(browser: Browser, origin: string, path: string): Promise<Bytes> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const files: Promise<Buffer>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') files.push(response.body())
  })
  await page.goto(`${origin}${path}`)
  await untilIdle(page)
  const bodies = await Promise.all(files)
  await context.close()
  const sum = (sizes: number[]) => sizes.reduce((all, one) => all + one, 0)
  return {
    raw: sum(bodies.map((body) => body.length)),
    gzip: sum(bodies.map((body) => gzipSync(body).length)),
  }
}
