import 'server-only'
import { Browser, type Ending } from '../browser'
import type { Play } from '../play'
import type { Found, Stage } from '../stage'
import { isOver, served } from './checks'

const DAY_MS = 86_400_000
const MINUTE_MS = 61_000
const MAX_ROUNDS = 4

const gotToken = ({ stored }: Ending) => stored.includes('refresh_token')
const signedOut = ({ outcome }: Ending) => outcome === 'signed out'
const endedByReuse = ({ sessions, events }: Found) =>
  isOver(sessions[0], 'reused') && events.includes('reuse_detected')

async function theft(stage: Stage): Promise<[victim: Browser, thief: Browser]> {
  const victim = await stage.signIn('owner')
  return [victim, stage.steal(victim)]
}

/** The thief uses the copy before its owner does. */
export const thiefFirst: Play = async (stage) => {
  const [victim, thief] = await theft(stage)
  await stage.untilExpired(victim, thief)
  const first = await thief.ask()
  await stage.pastGrace(victim)
  const owner = await victim.ask()
  stage.run.say('Only a lost answer or a thief explains this token. Its owner is not punished.')
  await stage.untilExpired(thief)
  const second = await thief.ask()
  const last = await victim.ask()
  return (found) =>
    gotToken(first) &&
    served(owner) &&
    gotToken(owner) &&
    [second, last].every(signedOut) &&
    endedByReuse(found)
}

/** The thief uses the copy after its owner did. */
export const thiefSecond: Play = async (stage) => {
  const [victim, thief] = await theft(stage)
  await stage.untilExpired(victim, thief)
  const owner = await victim.ask()
  await stage.pastGrace(thief)
  const first = await thief.ask()
  stage.run.say('The thief looks like a browser that lost its answer, so it gets one exchange.')
  await stage.untilExpired(victim)
  const next = await victim.ask()
  const last = await thief.ask()
  return (found) =>
    gotToken(owner) && gotToken(first) && [next, last].every(signedOut) && endedByReuse(found)
}

/** The thief asks at the moment at which the owner does, every time. */
export const thiefLockstep: Play = async (stage) => {
  const both = await theft(stage)
  let sharedRounds = 0
  let last: Ending[] = []
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    await stage.untilExpired(...both)
    stage.run.say(`Round ${round}: both ask at once.`)
    last = await Promise.all(both.map((browser) => browser.ask()))
    const waits = both.filter((_, index) => last[index]?.outcome === 'unavailable')
    if (waits.length > 0) {
      // A challenge is good for a minute, and until then the answer would be 503.
      await stage.setBack(MINUTE_MS, 'More than a minute passes', waits)
      for (const browser of waits) last.push(await browser.ask())
    }
    if (last.filter(gotToken).length > 1) sharedRounds += 1
    if (last.some(signedOut)) break
  }
  const after = [await both[0].ask(), await both[1].ask()]
  return (found) => sharedRounds <= 1 && after.every(signedOut) && endedByReuse(found)
}

/** The thief waits until the owner has rotated twice. */
export const thiefSilent: Play = async (stage) => {
  const [victim, thief] = await theft(stage)
  const visits: Ending[] = []
  for (let visit = 1; visit <= 2; visit++) {
    await stage.untilExpired(victim, thief)
    visits.push(await victim.ask())
  }
  await stage.pastGrace(victim)
  stage.run.say('Now the thief uses the copy.')
  const tried = await thief.ask()
  const last = await victim.ask()
  return (found) =>
    visits.every(served) &&
    [tried, last].every(signedOut) &&
    !gotToken(tried) &&
    found.sessions[0]?.generation === 2 &&
    endedByReuse(found)
}

/** The thief presents the same copy just before each daily visit, as a program without a cookie jar. */
export const thiefPaced: Play = async (stage) => {
  const [victim, thief] = await theft(stage)
  const copy = thief.jar
  const shared: Ending[] = []
  const visits: Ending[] = []
  for (let day = 1; day <= 4; day++) {
    await stage.setBack(DAY_MS, `Day ${day} comes`, [victim])
    victim.jar.drop('access_token')
    // The thief keeps the first copy, and never stores what it gets for it.
    const program = new Browser(stage.run, thief.name, copy.copy())
    shared.push(await program.ask({ method: 'POST', path: '/api/auth/refresh' }))
    visits.push(await victim.ask())
  }
  return (found) =>
    shared.slice(0, 3).every(gotToken) &&
    visits.slice(0, 3).every(served) &&
    [shared[3], visits[3]].every((ending) => ending !== undefined && signedOut(ending)) &&
    endedByReuse(found)
}
