import { browse, usual } from './browser'
import { encode } from './encoding'
import { got, scored } from './score'
import { exhaust, type Space, tick, type Visit } from './search'
import { type Asker, ask, type Decide, tell } from './server'
import { asSet, later, nameOf, signedIn, type Thief, type Token, type World } from './world'

/** A victim whose requests take time and get lost, as an honest browser's do, and a thief who moves at any moment. */
export function thiefOfBrowser(decide: Decide, reissues: number): Space<World> {
  const conditions = { ...usual, inFlight: 1, reissues }
  return {
    initial: signedIn,
    encode,
    expand: (world, visit) => {
      browse(decide, conditions, world, visit)
      copy(world, visit)
      steal(decide, world, visit)
    },
  }
}

/** A victim who is answered at once, or whose answer is lost, and a thief who moves just before or just after. */
export function thiefInStep(decide: Decide): Space<World> {
  return {
    initial: signedIn,
    encode,
    expand: (world, visit) => {
      visit(tick, later(world))
      come(decide, world, visit)
      copy(world, visit)
      steal(decide, world, visit)
    },
  }
}

/**
 * The same once the jar is copied, and while the victim comes at least once a tick. Where all that the thief holds is
 * dead for good, the run is over.
 */
export function thiefOfActiveVictim(decide: Decide): Omit<Space<World>, 'initial'> {
  return {
    encode,
    expand: (world, visit) => {
      const { thief } = world
      if (thief === null || !holdsSomethingAlive(world)) return
      if (thief.victimCame) visit(tick, { ...later(world), thief: { ...thief, victimCame: false } })
      come(decide, { ...world, thief: { ...thief, victimCame: true } }, visit)
      steal(decide, world, visit)
    },
  }
}

/** Every world in which the jar has just been copied. */
export function copies(decide: Decide): World[] {
  const found: World[] = []
  exhaust({
    initial: signedIn,
    encode,
    expand: (world, visit) => {
      visit(tick, later(world))
      come(decide, world, visit)
      copy(world, (_, copied) => copied && found.push(copied))
    },
  })
  return found
}

/** Whether the thief would now be given any token. */
export function canSteal(decide: Decide, world: World): boolean {
  let given = false
  steal(decide, world, () => {
    given = true
  })
  return given
}

function holdsSomethingAlive({ thief, row }: World): boolean {
  return thief?.holds.some((token) => token >= row.at || token === row.parent) ?? false
}

/** The thief copies the jar, once. */
function copy(world: World, visit: Visit<World>): void {
  if (world.thief !== null) return
  const { token } = world.jar
  const thief: Thief = {
    holds: [token],
    got: false,
    victimGot: false,
    rounds: 0,
    victimCame: false,
  }
  visit(() => `the thief copies the jar, with ${nameOf(token, world.row)}`, { ...world, thief })
}

/** The thief presents anything he holds, in any mode; what ends the session, or gives him nothing, needs no following. */
function steal(decide: Decide, world: World, visit: Visit<World>): void {
  for (const token of world.thief?.holds ?? []) {
    for (const jar of [true, false]) {
      for (const accessOnly of [true, false]) {
        const { verdict, event } = present(decide, world, token, {
          jar,
          accessOnly,
          challenge: null,
        })
        if (verdict.kind === 'renew') visit(() => `the thief presents ${event()}`, verdict.world)
        if (verdict.token !== null) {
          const next = scored(got(keep(verdict.world, verdict.token), 'thief'))
          visit(() => `the thief presents ${event()}`, next)
        }
      }
    }
  }
}

function keep(world: World, token: Token): World {
  const { thief } = world
  if (thief === null) return world
  return { ...world, thief: { ...thief, holds: asSet([...thief.holds, token]) } }
}

/** The victim presents what his jar holds; the answer arrives at once, or never. An ended session is the end of a run. */
function come(decide: Decide, world: World, visit: Visit<World>): void {
  const asker = { jar: true, accessOnly: false, challenge: null }
  const { verdict, event } = present(decide, world, world.jar.token, asker)
  const { kind, token } = verdict
  if (kind === 'revoke' || kind === 'refuse') return
  visit(() => `the victim presents ${event()}${token === null ? '' : ', lost'}`, verdict.world)
  if (token === null) return
  const holding = { ...verdict.world, jar: { token, challenge: null } }
  visit(() => `the victim presents ${event()}`, scored(got(holding, 'victim')))
}

/** Whoever is challenged comes back at once: a challenge made now is as good as any kept from before. */
function present(decide: Decide, world: World, token: Token, first: Asker) {
  let asker = first
  let verdict = ask(decide, world, token, asker)
  while (verdict.kind === 'challenge') {
    asker = { ...asker, challenge: verdict.challenge }
    verdict = ask(decide, world, token, asker)
  }
  const told = { asker, kind: verdict.kind }
  return { verdict, event: () => tell(world.row, token, told.asker, told.kind) }
}
