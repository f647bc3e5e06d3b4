import { CHALLENGE_TTL_MS } from '../rotation'

/** Half of the default grace, so that a challenge lives for four ticks. */
export const TICK_MS = 15_000
export const GRACE = 2
const CHALLENGE_TTL = CHALLENGE_TTL_MS / TICK_MS

/** A position as one number, `generation * 16 + branch`, relative to the row: its generation is always 5. */
export type Token = number
const ROW_GENERATION = 5
const PARENT: Token = (ROW_GENERATION - 1) * 16
const ANCESTOR: Token = (ROW_GENERATION - 2) * 16

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
  /** Whether the victim came in this tick; false where nobody asks. */
  readonly victimCame: boolean
}

export interface World {
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
export const signedIn: World = {
  row: { at: ROW_GENERATION * 16, parent: PARENT, age: 0 },
  jar: { token: ROW_GENERATION * 16, challenge: null },
  disk: null,
  backup: null,
  messages: [],
  thief: null,
}

export const branchOf = (token: Token) => token % 16
export const generationOf = (token: Token) => Math.floor(token / 16)

/** A world whose row is `row`, with every position told anew relative to it. */
export function rebase(world: World, row: Row, exact: boolean): World {
  const rename = exact ? shifted(row) : classed(row)
  const challenge = (made: Challenge | null) =>
    made && { ...made, at: !exact && made.at !== row.at ? ANCESTOR : rename(made.at) }
  const jar = (held: Jar): Jar => ({
    token: rename(held.token),
    challenge: challenge(held.challenge),
  })
  const { disk, backup, thief } = world
  return {
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
function classed(row: Row): (token: Token) => Token {
  const shift = (generationOf(row.at) - ROW_GENERATION) * 16
  return (token) => {
    if (token >= row.at) return token - shift
    if (token === row.parent) return PARENT
    return generationOf(token) === generationOf(row.at) ? row.at - shift - 1 : ANCESTOR
  }
}

function shifted(row: Row): (token: Token) => Token {
  const shift = (generationOf(row.at) - ROW_GENERATION) * 16
  return (token) => Math.max(0, token - shift)
}

/** A backup is at most three generations old. */
function withinReach(rename: (token: Token) => Token, { at, parent, age }: Row): Row | null {
  if (rename(at) < (ROW_GENERATION - 3) * 16) return null
  return { at: rename(at), parent: rename(parent), age }
}

/** The same world a tick later. Ages stop growing where no rule can tell. */
export function later(world: World): World {
  const { jar, disk, backup, messages, thief } = world
  return {
    row: olderRow(world.row),
    jar: { token: jar.token, challenge: older(jar.challenge) },
    disk: disk && { token: disk.token, challenge: older(disk.challenge), age: disk.age + 1 },
    backup: backup && olderRow(backup),
    messages: messages.map((message) => ({
      ...message,
      challenge: older(message.challenge),
      age: message.age + 1,
    })),
    thief,
  }
}

function olderRow(row: Row): Row {
  const lastChange = Math.max(3 * GRACE, GRACE + CHALLENGE_TTL, GRACE * 2 ** branchOf(row.at))
  return row.age > lastChange ? row : { ...row, age: row.age + 1 }
}

/** An expired challenge is like none. */
function older(challenge: Challenge | null): Challenge | null {
  if (challenge === null || challenge.age === CHALLENGE_TTL) return null
  return { ...challenge, age: challenge.age + 1 }
}

export const asSet = (tokens: readonly Token[]) => [...new Set(tokens)].sort((a, b) => a - b)

/** What a token is to the row, in words. */
export function nameOf(token: Token, row: Row): string {
  if (token === row.at) return 'the current token'
  if (token === row.parent) return 'the parent'
  if (token > row.at) return 'a token ahead of the row'
  return generationOf(token) === generationOf(row.at) ? 'an orphan' : 'an ancestor'
}
