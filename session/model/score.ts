import type { World } from './world'

/** Notes that a party got a refresh token. A round ends when both the thief and the victim have got one. */
export function withTokenTo(world: World, party: 'thief' | 'victim'): World {
  const { thief } = world
  if (thief === null) return world
  const thiefGot = thief.got || party === 'thief'
  const victimGot = thief.victimGot || party === 'victim'
  const both = thiefGot && victimGot
  const rounds = thief.rounds + Number(both)
  return {
    ...world,
    thief: { ...thief, got: thiefGot && !both, victimGot: victimGot && !both, rounds },
  }
}

/** The world, or null if there were two rounds, which breaks the property. */
export function withinOneRound(world: World): World | null {
  return world.thief?.rounds === 2 ? null : world
}
