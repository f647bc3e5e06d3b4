import { encode } from './encoding'
import { withinOneRound, withTokenTo } from './score'
import { type Space, tick, type Visit } from './search'
import { type Decide, describeRequest, serve } from './server'
import {
  type Answer,
  GRACE,
  later,
  type Message,
  nameOf,
  type Request,
  rebase,
  reissuesOf,
  signedIn,
  type World,
} from './world'

/** What can happen between an honest caller and the server. Any message can be lost or overtaken. */
export interface Conditions {
  /** How many messages may be on their way at once. */
  readonly inFlight: number
  /** How late a request may arrive, in ticks. An answer arrives after a grace at most. */
  readonly requestLate: number
  /** For how many ticks responses may be lost in a row. */
  readonly tolerance: number
  /** How often in a row a generation may be reissued. Runs that lose more responses are not followed. */
  readonly reissues: 1 | 2 | 3
  /** False for a direct client, which keeps its token itself and is never challenged. */
  readonly jar: boolean
  readonly accessOnly: boolean
  /** True if a crash may reset the jar to its copy on disk, which is up to a grace old. */
  readonly crash: boolean
  /** True if a request may be sent again, unchanged, while the first is still on its way. */
  readonly retry: boolean
  /** True if the row may be rolled back, repeatedly, by up to three generations. */
  readonly restore: boolean
}

/** The conditions that a search starts from. */
export const usual: Conditions = {
  inFlight: 2,
  requestLate: GRACE,
  tolerance: 3 * GRACE,
  reissues: 2,
  jar: true,
  accessOnly: false,
  crash: false,
  retry: false,
  restore: false,
}

/** The space of an honest caller. Any event that ends or refuses the session breaks the property. */
export function honest(decide: Decide, given: Partial<Conditions>): Space<World> {
  const conditions = { ...usual, ...given }
  return {
    initial: signedIn(conditions.tolerance),
    encode,
    expand: (world, visit) => browse(decide, conditions, world, visit),
  }
}

/** Visits everything that the browser, the network and the database can do next. */
export function browse(
  decide: Decide,
  conditions: Conditions,
  world: World,
  visit: Visit<World>,
): void {
  const { inFlight, accessOnly, crash, retry, restore } = conditions
  if (mayWait(conditions, world)) visit(tick, later(world))
  const live = world.messages.filter((message) => message.kind === 'answer' || !message.deaf)
  if (live.length < inFlight) {
    send(world, false, visit)
    if (accessOnly) send(world, true, visit)
  }
  world.messages.forEach((message, at) => {
    const others = world.messages.filter((_, other) => other !== at)
    if (message.kind === 'request')
      arrive(decide, conditions, { ...world, messages: others }, message, visit)
    else deliver(conditions, { ...world, messages: others }, message, visit)
    lose({ ...world, messages: others }, message, visit)
    if (retry) sendAgain({ ...world, messages: others }, message, visit)
  })
  if (crash) crashOrFlush(world, visit)
  if (restore) backUpOrRestore(world, visit)
}

function mayWait({ requestLate }: Conditions, { messages, disk }: World): boolean {
  if (disk !== null && disk.age === GRACE) return false
  return messages.every(({ kind, age }) => age < (kind === 'request' ? requestLate : GRACE))
}

function send(world: World, accessOnly: boolean, visit: Visit<World>): void {
  const request = requestOf(world, accessOnly)
  visit(() => `a request leaves with ${nameOf(request.token, world.row)}`, {
    ...world,
    messages: [...world.messages, request],
  })
}

function requestOf({ jar }: World, accessOnly: boolean): Request {
  return { kind: 'request', ...jar, accessOnly, deaf: false, retried: false, age: 0 }
}

function arrive(
  decide: Decide,
  { jar, reissues, restore }: Conditions,
  world: World,
  { token, challenge, accessOnly, deaf }: Request,
  visit: Visit<World>,
): void {
  const asker = { accessOnly, jar, challenge }
  const verdict = serve(decide, world, token, asker, restore)
  const { kind } = verdict
  const event = () => `a request arrives: ${describeRequest(world.row, token, asker, kind)}`

  if (kind === 'reissue' || kind === 'revoke') {
    if (token === world.row.parent && reissuesOf(world) >= reissues) return
  }
  if (kind === 'revoke' || kind === 'refuse') {
    // Once there is a copy, the session is meant to end.
    if (world.thief === null) visit(event, null)
    return
  }
  if (kind === 'wait' || deaf) {
    visit(event, verdict.world)
    return
  }
  const answer: Answer = {
    kind: 'answer',
    token: verdict.token,
    challenge: verdict.challenge,
    accessOnly,
    age: 0,
  }
  visit(event, { ...verdict.world, messages: [...verdict.world.messages, answer] })
}

/** Delivers an answer. Its cookies overwrite those of the jar, newer or not, and a grant deletes the challenge. */
function deliver({ crash }: Conditions, world: World, answer: Answer, visit: Visit<World>): void {
  const { token, challenge, accessOnly } = answer
  const jar = { token: token ?? world.jar.token, challenge }
  const disk = crash && world.disk === null ? { ...world.jar, age: 0 } : world.disk
  const next = { ...world, jar, disk }
  if (challenge !== null) {
    const repeated = requestOf(next, accessOnly)
    const event = () => `the challenge is delivered; the request leaves again with ${held(next)}`
    visit(event, { ...next, messages: [...next.messages, repeated] })
  } else if (token !== null) {
    visit(
      () => `an answer is delivered: the jar now holds ${held(next)}`,
      withinOneRound(withTokenTo(next, 'victim')),
    )
  } else {
    visit(() => 'an answer without a refresh token is delivered', next)
  }
}

const held = ({ jar, row }: World) => nameOf(jar.token, row)

function lose(world: World, { kind, token }: Message, visit: Visit<World>): void {
  const what = token === null ? '' : ` with ${nameOf(token, world.row)}`
  visit(() => `the ${kind}${what} is lost`, world)
}

function sendAgain(world: World, message: Message, visit: Visit<World>): void {
  if (message.kind === 'answer' || message.deaf || message.retried) return
  if (world.messages.some((other) => other.kind === 'request' && other.deaf)) return
  const both: Message[] = [
    { ...message, deaf: true },
    { ...message, retried: true },
  ]
  visit(() => `the request with ${nameOf(message.token, world.row)} is sent once more`, {
    ...world,
    messages: [...world.messages, ...both],
  })
}

function crashOrFlush(world: World, visit: Visit<World>): void {
  if (world.disk === null) return
  const { token, challenge } = world.disk
  visit(() => 'the jar is written to disk', { ...world, disk: null })
  visit(() => `the browser crashes: its jar holds ${nameOf(token, world.row)} again`, {
    ...world,
    jar: { token, challenge },
    disk: null,
  })
}

function backUpOrRestore(world: World, visit: Visit<World>): void {
  visit(() => 'the database is backed up', { ...world, backup: world.row })
  if (world.backup === null) return
  const next = rebase(world, world.backup, true)
  visit(() => `the database is restored: the jar holds ${held(next)}`, next)
}
