import { browse, usual } from './browser'
import { encode } from './encoding'
import { withinOneRound, withTokenTo } from './score'
import { type Space, tick, type Visit } from './search'
import { type Asker, type Decide, describeRequest, serve, type Verdict } from './server'
import { asSet, GRACE, later, nameOf, signedIn, type Token, type World } from './world'

/** The result of presenting a token. */
export interface Outcome {
  readonly event: () => string
  readonly kind: Verdict['kind']
  /** The world afterwards. */
  readonly world: World
  /** The refresh token that was received, if any. */
  readonly token: Token | null
}

/** The space of a victim whose messages are late or lost, as an honest browser's are, and of a thief who acts at any moment. */
export function thiefOfBrowser(decide: Decide): Space<World> {
  const conditions = { ...usual, inFlight: 1, reissues: 1 as const }
  return {
    initial: signedIn(conditions.tolerance),
    encode,
    expand: (world, visit) => {
      browse(decide, conditions, world, visit)
      visitTheft(decide, world, visit)
    },
  }
}

/** The space of a victim whose response comes at once or is lost, and of a thief who acts just before or just after. */
export function thiefInStep(decide: Decide): Space<World> {
  return {
    initial: signedIn(4 * GRACE),
    encode,
    expand: (world, visit) => {
      visit(tick, later(world))
      for (const { event, kind, world: next, token } of come(decide, world)) {
        if (kind === 'revoke' || kind === 'refuse') continue
        visit(event, token === null ? next : withinOneRound(withTokenTo(next, 'victim')))
      }
      visitTheft(decide, world, visit)
    },
  }
}

/** The thief copies the jar, or presents a token he holds. */
function visitTheft(decide: Decide, world: World, visit: Visit<World>): void {
  if (world.thief === null) {
    visit(
      () => `the thief copies the jar, with ${nameOf(world.jar.token, world.row)}`,
      copied(world),
    )
  }
  for (const { event, world: next, token } of steal(decide, world)) {
    visit(event, token === null ? next : withinOneRound(withTokenTo(next, 'thief')))
  }
}

/** The world after the thief has copied the jar. */
export function copied(world: World): World {
  const thief = { holds: [world.jar.token], got: false, victimGot: false, rounds: 0 }
  return { ...world, thief }
}

/** The thief presents any token he holds, in any mode. Outcomes that end the session or give him nothing are left out. */
export function steal(decide: Decide, world: World): Outcome[] {
  const outcomes: Outcome[] = []
  for (const token of world.thief?.holds ?? []) {
    for (const mode of MODES) {
      const presented = present(decide, world, token, mode)
      const event = () => `the thief presents ${presented.event()}`
      if (presented.token !== null) {
        outcomes.push({ ...presented, event, world: keep(presented.world, presented.token) })
      } else if (presented.kind === 'renew') outcomes.push({ ...presented, event })
    }
  }
  return outcomes
}

const MODES = [true, false].flatMap((jar) =>
  [true, false].map((accessOnly) => ({ jar, accessOnly, challenge: null })),
)

function keep(world: World, token: Token): World {
  const { thief } = world
  if (thief === null) return world
  return { ...world, thief: { ...thief, holds: asSet([...thief.holds, token]) } }
}

/** The victim presents the token in the jar. A new refresh token is received at once or lost. */
export function come(decide: Decide, world: World): Outcome[] {
  const browser = { jar: true, accessOnly: false, challenge: null }
  const presented = present(decide, world, world.jar.token, browser)
  const { token } = presented
  const event = () => `the victim presents ${presented.event()}`
  if (token === null) return [{ ...presented, event }]
  const received = { ...presented.world, jar: { token, challenge: null } }
  return [
    { ...presented, event: () => `${event()}, lost`, token: null },
    { ...presented, event, world: received },
  ]
}

/** Presents a token. A challenged caller comes back at once, because an older challenge would prove no more than the new one. */
function present(decide: Decide, world: World, token: Token, first: Asker): Outcome {
  let asker = first
  let verdict = serve(decide, world, token, asker)
  while (verdict.kind === 'challenge') {
    asker = { ...asker, challenge: verdict.challenge }
    verdict = serve(decide, world, token, asker)
  }
  const { kind } = verdict
  const last = asker
  return { ...verdict, event: () => describeRequest(world.row, token, last, kind) }
}
