import 'server-only'
import type { Ending } from '../browser'
import type { Play } from '../play'
import type { Found, Stage } from '../stage'
import { isAlive, served } from './checks'

const ROUTE_AWAY_MS = 10_000
const DATABASE_AWAY_MS = 5_000
const RETRY_MS = 2_400

/** The refresh route answers 503 for ten seconds. */
export const routeAway: Play = (stage) => outage(stage, 'refresh route', ROUTE_AWAY_MS)

/** The store of sessions fails for five seconds. */
export const databaseAway: Play = (stage) => outage(stage, 'database', DATABASE_AWAY_MS)

async function outage(stage: Stage, place: 'refresh route' | 'database', forMs: number) {
  const { run } = stage
  const browser = await stage.signIn()
  await stage.untilExpired(browser)
  const during: Ending[] = []
  await run.withFault(place, async () => {
    for (let left = forMs; left > 0; left -= RETRY_MS) {
      during.push(await browser.ask())
      const ms = Math.min(RETRY_MS, left)
      await run.wait(ms, 'The page says “One moment, please”, and reloads by itself.')
    }
  })
  run.say('It is back.')
  const after = await browser.ask()
  return ({ sessions }: Found) =>
    during.length > 1 &&
    during.every(({ outcome, stored }) => outcome === 'unavailable' && stored.length === 0) &&
    served(after) &&
    isAlive(sessions[0], 1)
}
