import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@/e2e/support/fixtures'
import { encodeFilm, record } from './film'

/** Where the films go. `npm run demo` has them in its report. */
const FOLDER = process.env.FILM_FOLDER || 'docs/pictures'
/** How many times as fast as the page a film is. */
const SPEED = 1.5
/** How long the last picture stands, in milliseconds. */
const END_MS = 5000
/** What README may weigh. */
const MAX_BYTES = 2 * 1024 * 1024

/** The home page has the film that suits the screen, and README one of the wide ones. */
const WIDE = { width: 960, height: 830 }
const NARROW = { width: 400, height: 800 }
const FILMS = [
  { name: 'lab', viewport: WIDE, colorScheme: 'light' },
  { name: 'lab-dark', viewport: WIDE, colorScheme: 'dark' },
  { name: 'lab-narrow', viewport: NARROW, colorScheme: 'light' },
  { name: 'lab-narrow-dark', viewport: NARROW, colorScheme: 'dark' },
] as const

for (const { name, viewport, colorScheme } of FILMS) {
  test(`The film ${name}: a thief goes first, and is thrown out`, async ({
    browser,
    startServer,
  }) => {
    // With the default lifetimes the scene sets its rows back instead of waiting.
    const server = await startServer({ env: { LAB: '1' } })
    const context = await browser.newContext({
      baseURL: server.origin,
      viewport,
      reducedMotion: 'no-preference',
      colorScheme,
    })
    const page = await context.newPage()
    await page.goto('/lab?scene=thief-first')
    await page.evaluate(() => document.fonts.ready)
    const run = page.getByTestId('lab-run')
    const top =
      viewport === NARROW
        ? page.locator('.card', { has: page.getByTestId('lab-picture') })
        : page.getByRole('heading', { name: 'A thief goes first' })
    await expect(run).toBeEnabled()
    // A film begins with what was drawn last, which must be after the scrolling.
    await top.evaluate(async (it) => {
      scrollTo(0, it.getBoundingClientRect().top - 16)
      for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame)
    })
    const stop = await record(page)
    // A click of the mouse would scroll to the button.
    await run.evaluate((button: HTMLButtonElement) => button.click())
    await expect(page.getByTestId('lab-now')).toContainText('The database agrees')
    const still = await page.screenshot()
    await page.getByTestId('lab-naive').evaluate((card) => {
      scrollBy(0, card.getBoundingClientRect().bottom - innerHeight + 24)
    })
    await expect(page.getByTestId('lab-verdict')).toContainText('As promised')
    const frames = await stop()
    await context.close()

    const encoded = await encodeFilm(frames, still, SPEED, END_MS)
    expect(encoded.film.length).toBeLessThan(MAX_BYTES)
    await writeFile(join(FOLDER, `${name}.webp`), encoded.film)
    await writeFile(join(FOLDER, `${name}-still.webp`), encoded.still)
  })
}
