import { CHALLENGE_TTL_MS } from '../rotation'

/** A tick, in milliseconds: half of the default grace, so that a challenge is good for four ticks. */
export const TICK_MS = 15_000
/** The grace, in ticks. */
export const GRACE = 2
const CHALLENGE_TTL = CHALLENGE_TTL_MS / TICK_MS

/** A position as one number, `generation * BRANCHES + branch`. Positions are relative to the row, which is always at generation 5. */
export type Token = number
/** More than the greatest branch, which is a number of milliseconds. */
const BRANCHES = 2 ** 24
const ROW_GENERATION = 5
const PARENT: Token = (ROW_GENERATION - 1) * BRANCHES
const ANCESTOR: Token = (ROW_GENERATION - 2) * BRANCHES

/** The session's row. Ages in the model are in ticks. */
export interface Row {
  readonly at: Token
  readonly parent: Token
  /** The ticks since `at` was issued. */
  readonly age: number
}

/** A signed challenge. */
export interface Challenge {
  readonly at: Token
  readonly ordinal: number
  readonly age: number
}

/** The cookies of a jar, or those that a request read from it when it was sent. */
export interface Jar {
  readonly token: Token
  readonly challenge: Challenge | null
}

/** A request on its way to the server. */
export interface Request extends Jar {
  readonly kind: 'request'
  readonly accessOnly: boolean
  /** True if the request was sent again since. The answer to this one is discarded. */
  readonly deaf: boolean
  readonly retried: boolean
  readonly age: number
}

/** An answer on its way to the browser. */
export interface Answer {
  readonly kind: 'answer'
  /** The refresh token that it carries, or null. */
  readonly token: Token | null
  readonly challenge: Challenge | null
  readonly accessOnly: boolean
  readonly age: number
}

/** A message on its way. */
export type Message = Request | Answer

/** The thief, and the score of the current round. */
export interface Thief {
  /** Every token that he copied or was given. */
  readonly holds: readonly Token[]
  readonly got: boolean
  readonly victimGot: boolean
  /** In how many rounds both parties got a refresh token. */
  readonly rounds: number
}

/** The state of the model. */
export interface World {
  /** For how long, in ticks, responses may be lost in a row. It is constant. */
  readonly tolerance: number
  readonly row: Row
  readonly jar: Jar
  /** The jar's copy on disk, to which a crash resets it, and for how long it has been out of date. Null if it equals the jar. */
  readonly disk: (Jar & { readonly age: number }) | null
  /** The row to which the database may be rolled back. Worlds with backups keep all positions apart (see `rebase`). */
  readonly backup: Row | null
  readonly messages: readonly Message[]
  readonly thief: Thief | null
}

/** A session that was just signed in, in a world where nothing else has happened. */
export const signedIn = (tolerance: number): World => ({
  tolerance,
  row: { at: ROW_GENERATION * BRANCHES, parent: PARENT, age: 0 },
  jar: { token: ROW_GENERATION * BRANCHES, challenge: null },
  disk: null,
  backup: null,
  messages: [],
  thief: null,
})

/** The branch of a position. */
export const branchOf = (token: Token) => token % BRANCHES
/** The generation of a position. */
export const generationOf = (token: Token) => Math.floor(token / BRANCHES)
/** How many of the three possible reissues of the row's generation have been used, at most. */
export function reissuesOf({ row, tolerance }: World): number {
  const ticks = branchOf(row.at) / TICK_MS
  if (ticks === 0) return 0
  if (ticks <= tolerance / 2) return 1
  return ticks <= tolerance ? 2 : 3
}

/** The position of a generation and a branch. */
export const tokenAt = (generation: number, branch: number): Token => generation * BRANCHES + branch

/** The world with `row` as its row and all positions relative to it. Unless `exact`, positions that behave alike become one. */
export function rebase(world: World, row: Row, exact: boolean): World {
  const rename = exact ? shifted(row) : classed(row, world.tolerance)
  const challenge = (made: Challenge | null) =>
    made && { ...made, at: !exact && made.at !== row.at ? ANCESTOR : rename(made.at) }
  const jar = (held: Jar): Jar => ({
    token: rename(held.token),
    challenge: challenge(held.challenge),
  })
  const { tolerance, disk, backup, thief } = world
  return {
    tolerance,
    row: { at: rename(row.at), parent: rename(row.parent), age: row.age },
    jar: jar(world.jar),
    disk: disk && { ...jar(disk), age: disk.age },
    backup: backup && withinReach(rename, backup),
    messages: world.messages.map((message) => ({
      ...message,
      token: message.token === null ? null : rename(message.token),
      challenge: challenge(message.challenge),
    })) as Message[],
    thief: thief && { ...thief, holds: asSet(thief.holds.map(rename)) },
  }
}

/** Maps positions that no rule can ever tell apart to one position. */
function classed(row: Row, tolerance: number): (token: Token) => Token {
  const beyond = Math.max(0, branchOf(row.at) - lastBranch(tolerance))
  const shift = (generationOf(row.at) - ROW_GENERATION) * BRANCHES + beyond
  return (token) => {
    if (token >= row.at) return token - shift
    if (token === row.parent) return PARENT
    return generationOf(token) === generationOf(row.at) ? row.at - shift - 1 : ANCESTOR
  }
}

function shifted(row: Row): (token: Token) => Token {
  const shift = (generationOf(row.at) - ROW_GENERATION) * BRANCHES
  return (token) => Math.max(0, token - shift)
}

/** The greatest branch. No rule reads how far beyond the tolerance a branch is. */
const lastBranch = (tolerance: number) => tolerance * TICK_MS + 1

/** The backup, or null if it is more than three generations old. */
function withinReach(rename: (token: Token) => Token, { at, parent, age }: Row): Row | null {
  if (rename(at) < (ROW_GENERATION - 3) * BRANCHES) return null
  return { at: rename(at), parent: rename(parent), age }
}

/** The world after `ticks`. An age stops growing once no rule can tell the difference. */
export function later(world: World, ticks = 1): World {
  const { tolerance, jar, disk, backup, messages, thief } = world
  const older = (challenge: Challenge | null) => agedChallenge(challenge, ticks)
  return {
    tolerance,
    row: agedRow(world.row, ticks, tolerance),
    jar: { token: jar.token, challenge: older(jar.challenge) },
    disk: disk && { token: disk.token, challenge: older(disk.challenge), age: disk.age + ticks },
    backup: backup && agedRow(backup, ticks, tolerance),
    messages: messages.map((message) => ({
      ...message,
      challenge: older(message.challenge),
      age: message.age + ticks,
    })),
    thief,
  }
}

function agedRow(row: Row, ticks: number, tolerance: number): Row {
  const untilLast = tolerance - Math.floor(branchOf(row.at) / TICK_MS)
  const lastChange = Math.max(3 * GRACE, GRACE + CHALLENGE_TTL, untilLast)
  return row.age > lastChange ? row : { ...row, age: Math.min(row.age + ticks, lastChange + 1) }
}

/** The challenge after `ticks`, or null once it has expired. */
function agedChallenge(challenge: Challenge | null, ticks: number): Challenge | null {
  if (challenge === null || challenge.age + ticks > CHALLENGE_TTL) return null
  return { ...challenge, age: challenge.age + ticks }
}

/** Sorts positions and removes duplicates. */
export const asSet = (tokens: readonly Token[]) => [...new Set(tokens)].sort((a, b) => a - b)

/** Describes a token relative to the row, for a trace. */
export function nameOf(token: Token, row: Row): string {
  if (token === row.at) return 'the current token'
  if (token === row.parent) return 'the parent'
  if (token > row.at) return 'a token ahead of the row'
  return generationOf(token) === generationOf(row.at) ? 'an orphan' : 'an ancestor'
}
