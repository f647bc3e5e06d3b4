import { browse, usual } from './browser'
import { encode } from './encoding'
import { got, scored } from './score'
import { type Space, tick } from './search'
import { type Asker, ask, type Decide, tell, type Verdict } from './server'
import { asSet, GRACE, later, nameOf, signedIn, type Token, type World } from './world'

/** What came of a token that was presented. */
export interface Outcome {
  readonly event: () => string
  readonly kind: Verdict['kind']
  /** The world after it. */
  readonly world: World
  /** The refresh token that was received, if any. */
  readonly token: Token | null
}

/** A victim whose requests take time and get lost, as an honest browser's do, and a thief who moves at any moment. */
export function thiefOfBrowser(decide: Decide): Space<World> {
  const conditions = { ...usual, inFlight: 1, reissues: 1 as const }
  return {
    initial: signedIn(conditions.tolerance),
    encode,
    expand: (world, visit) => {
      browse(decide, conditions, world, visit)
      spy(decide, world, visit)
    },
  }
}

/** A victim who is answered at once, or whose answer is lost, and a thief who moves just before or just after. */
export function thiefInStep(decide: Decide): Space<World> {
  return {
    initial: signedIn(4 * GRACE),
    encode,
    expand: (world, visit) => {
      visit(tick, later(world))
      for (const { event, kind, world: next, token } of come(decide, world)) {
        if (kind === 'revoke' || kind === 'refuse') continue
        visit(event, token === null ? next : scored(got(next, 'victim')))
      }
      spy(decide, world, visit)
    },
  }
}

/** The thief copies the jar, or presents what he holds. */
function spy(decide: Decide, world: World, visit: Parameters<Space<World>['expand']>[1]): void {
  if (world.thief === null) {
    visit(
      () => `the thief copies the jar, with ${nameOf(world.jar.token, world.row)}`,
      copied(world),
    )
  }
  for (const { event, world: next, token } of steal(decide, world)) {
    visit(event, token === null ? next : scored(got(next, 'thief')))
  }
}

/** The jar is copied, once. */
export function copied(world: World): World {
  const thief = { holds: [world.jar.token], got: false, victimGot: false, rounds: 0 }
  return { ...world, thief }
}

/** The thief presents anything he holds, in any mode. What ends the session, or gives him nothing, needs no following. */
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

/** The victim presents what his jar holds; a refresh token is received at once, or never. */
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

/** A caller that is challenged comes back at once: a challenge made now is as good as any kept from before. */
function present(decide: Decide, world: World, token: Token, first: Asker): Outcome {
  let asker = first
  let verdict = ask(decide, world, token, asker)
  while (verdict.kind === 'challenge') {
    asker = { ...asker, challenge: verdict.challenge }
    verdict = ask(decide, world, token, asker)
  }
  const { kind } = verdict
  const told = asker
  return { ...verdict, event: () => tell(world.row, token, told, kind) }
}
