import { CHALLENGE_TTL_MS } from '../rotation'

/** Half of the default grace, so that a challenge lives for four ticks. */
export const TICK_MS = 15_000
export const GRACE = 2
const CHALLENGE_TTL = CHALLENGE_TTL_MS / TICK_MS

/** A position as one number, `generation * BRANCHES + branch`, relative to the row: its generation is always 5. */
export type Token = number
/** More than there are branches, which are milliseconds. */
const BRANCHES = 2 ** 24
const ROW_GENERATION = 5
const PARENT: Token = (ROW_GENERATION - 1) * BRANCHES
const ANCESTOR: Token = (ROW_GENERATION - 2) * BRANCHES

export interface Row {
  readonly at: Token
  readonly parent: Token
  /** Ticks since it was issued, as all ages here. */
  readonly age: number
}

export interface Challenge {
  readonly at: Token
  readonly attempt: number
  readonly age: number
}

/** What a cookie jar holds, and what a request read from it when it left. */
export interface Jar {
  readonly token: Token
  readonly challenge: Challenge | null
}

export interface Request extends Jar {
  readonly kind: 'request'
  readonly accessOnly: boolean
  /** Sent a second time in the meantime: nobody waits for this one's answer. */
  readonly deaf: boolean
  readonly retried: boolean
  readonly age: number
}

export interface Answer {
  readonly kind: 'answer'
  /** The refresh token it carries, if any. */
  readonly token: Token | null
  readonly challenge: Challenge | null
  readonly accessOnly: boolean
  readonly age: number
}

export type Message = Request | Answer

export interface Thief {
  /** Every token he copied or was given. */
  readonly holds: readonly Token[]
  readonly got: boolean
  readonly victimGot: boolean
  /** How often both got a refresh token. */
  readonly rounds: number
}

export interface World {
  /** For how long responses may be lost in a row, in ticks. It never changes. */
  readonly tolerance: number
  readonly row: Row
  readonly jar: Jar
  /** What a crash throws the jar back to, and for how long it has been out of date; null: the jar itself. */
  readonly disk: (Jar & { readonly age: number }) | null
  /** What the database may be rolled back to. Where there may be one, no two positions are taken for alike. */
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

export const branchOf = (token: Token) => token % BRANCHES
export const generationOf = (token: Token) => Math.floor(token / BRANCHES)
/** How many of the three times that a generation is issued again are over, at most. */
export function reissuesOf({ row, tolerance }: World): number {
  const ticks = branchOf(row.at) / TICK_MS
  if (ticks === 0) return 0
  if (ticks <= tolerance / 2) return 1
  return ticks <= tolerance ? 2 : 3
}

export const tokenAt = (generation: number, branch: number): Token => generation * BRANCHES + branch

/** A world whose row is `row`, with every position told anew relative to it. */
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

/** Positions that no rule and no future can tell apart get one name. */
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

/** No rule looks at how far beyond the tolerance a branch is. */
const lastBranch = (tolerance: number) => tolerance * TICK_MS + 1

/** A backup is at most three generations old. */
function withinReach(rename: (token: Token) => Token, { at, parent, age }: Row): Row | null {
  if (rename(at) < (ROW_GENERATION - 3) * BRANCHES) return null
  return { at: rename(at), parent: rename(parent), age }
}

/** The same world after `ticks`. Ages stop growing where no rule can tell. */
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

/** An expired challenge is like none. */
function agedChallenge(challenge: Challenge | null, ticks: number): Challenge | null {
  if (challenge === null || challenge.age + ticks > CHALLENGE_TTL) return null
  return { ...challenge, age: challenge.age + ticks }
}

export const asSet = (tokens: readonly Token[]) => [...new Set(tokens)].sort((a, b) => a - b)

/** What a token is to the row, in words. */
export function nameOf(token: Token, row: Row): string {
  if (token === row.at) return 'the current token'
  if (token === row.parent) return 'the parent'
  if (token > row.at) return 'a token ahead of the row'
  return generationOf(token) === generationOf(row.at) ? 'an orphan' : 'an ancestor'
}
