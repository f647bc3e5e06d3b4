import 'server-only'
import type { Play } from '../play'
import { isAlive, served } from './checks'

/** The answer with the new refresh token never arrives. */
export const lost: Play = async (stage) => {
  const browser = await stage.signIn()
  await stage.untilExpired(browser)
  await browser.ask({ loses: true })
  stage.run.say('The server has rotated. The jar still holds the refresh token from before.')
  await stage.pastGrace(browser)
  const next = await browser.ask()
  return ({ sessions, events }) =>
    served(next) &&
    next.stored.includes('refresh_token') &&
    isAlive(sessions[0], 1) &&
    events.includes('reissued')
}

/** Ten answers in a row never arrive. */
export const lostTen: Play = async (stage) => {
  const browser = await stage.signIn()
  await stage.untilExpired(browser)
  for (let times = 1; times <= 10; times++) {
    await browser.ask({ loses: true })
    if (times % 2 === 0) await stage.pastGrace(browser)
  }
  stage.run.say('The network works again.')
  const next = await browser.ask()
  return ({ sessions }) => served(next) && isAlive(sessions[0], 1)
}

/** A request is on its way for longer than grace. Meanwhile another tab gets the new refresh token. */
export const late: Play = async (stage) => {
  const { run } = stage
  const browser = await stage.signIn()
  await stage.untilExpired(browser)
  let release = () => {}
  const heldUntil = new Promise<void>((resolve) => {
    release = resolve
    run.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  const slow = browser.ask({ tab: 2, heldUntil })
  // Awaited below. Should the run stop before that, nobody else hears of it.
  slow.catch(() => {})
  const other = await browser.ask({ tab: 1 })
  await stage.pastGrace(browser)
  release()
  const ending = await slow
  return ({ sessions, events }) =>
    served(other) &&
    served(ending) &&
    isAlive(sessions[0], 1) &&
    events.includes('stale_challenged') &&
    !events.includes('reissued')
}
