import type { World } from './world'

/** `who` got a refresh token. A round is over when both the thief and his victim have got one. */
export function got(world: World, who: 'thief' | 'victim'): World {
  const { thief } = world
  if (thief === null) return world
  const thiefGot = thief.got || who === 'thief'
  const victimGot = thief.victimGot || who === 'victim'
  const both = thiefGot && victimGot
  const rounds = thief.rounds + Number(both)
  return {
    ...world,
    thief: { ...thief, got: thiefGot && !both, victimGot: victimGot && !both, rounds },
  }
}

/** Two rounds are one too many: null. */
export function scored(world: World): World | null {
  return world.thief?.rounds === 2 ? null : world
}
