import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@/e2e/support/fixtures'
import { encodeFilm, record } from './film'

/** Where the film goes. `npm run demo` has it in its report. */
const FOLDER = process.env.FILM_FOLDER || 'docs/pictures'
const SIZE = { width: 960, height: 790 }
/** How many times as fast as the page the film is. */
const SPEED = 1.5
/** How long the last picture stands, in milliseconds. */
const END_MS = 5000
/** What README may weigh. */
const MAX_BYTES = 2 * 1024 * 1024

test('The film of the lab: a thief goes first, and is thrown out', async ({
  browser,
  startServer,
}) => {
  // With the default lifetimes the scene sets its rows back instead of waiting.
  const server = await startServer({ env: { LAB: '1' } })
  const context = await browser.newContext({
    baseURL: server.origin,
    viewport: SIZE,
    reducedMotion: 'no-preference',
    colorScheme: 'light',
  })
  const page = await context.newPage()
  await page.goto('/lab?scene=thief-first')
  await page.evaluate(() => document.fonts.ready)
  await page.getByRole('heading', { name: 'A thief goes first' }).evaluate((heading) => {
    scrollTo(0, heading.getBoundingClientRect().top - 16)
  })
  const stop = await record(page)
  await page.getByTestId('lab-run').click()
  await expect(page.getByTestId('lab-now')).toContainText('The database agrees')
  await page.getByTestId('lab-naive').evaluate((card) => {
    scrollBy(0, card.getBoundingClientRect().bottom - innerHeight + 24)
  })
  await expect(page.getByTestId('lab-verdict')).toContainText('As promised')
  const frames = await stop()
  await context.close()

  const { film, still } = await encodeFilm(frames, SPEED, END_MS)
  expect(film.length).toBeLessThan(MAX_BYTES)
  await writeFile(join(FOLDER, 'lab.webp'), film)
  await writeFile(join(FOLDER, 'lab-still.webp'), still)
})
