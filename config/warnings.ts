import { VARIABLES } from './config'
import { type Environment, parseList, readEdgeConfig } from './edge'

/** Shorter names are too near to those of other programs: PATH is two letters from PORT. */
const MIN_LENGTH = 8
/** How many letters a slip of the hand gets wrong, the likeliest first. */
const DISTANCES = [0, 1, 2]
/** Variables of others that have many neighbours of their own. */
const FOREIGN = /^(?:OTEL|VERCEL|NEXT|NPM|NODE)_/i

/** What is allowed, but probably not meant: a sentence each, without the value of a secret. Never throws. */
export function configWarnings(env: Environment = process.env): string[] {
  return [...withoutTls(env), ...misspelled(env)]
}

function withoutTls(env: Environment): string[] {
  const origins = [
    ['APP_ORIGIN', readEdgeConfig(env).appOrigin],
    ...parseList(env.CORS_ORIGINS).map((origin) => ['CORS_ORIGINS', origin]),
  ]
  return origins.flatMap(([name, origin = '']) =>
    /^http:/.test(origin) && URL.canParse(origin) && !isLoopback(origin)
      ? [
          `${name} has http://${new URL(origin).host}, which is not encrypted: others on the network can read passwords and take over sessions. Use https://`,
        ]
      : [],
  )
}

/** True if an origin is on this very machine: nothing that is sent there passes a network (RFC 6761 §6.3). */
export function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin)
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}

function misspelled(env: Environment): string[] {
  return Object.keys(env).flatMap((name) => {
    if (name.length < MIN_LENGTH || VARIABLES.includes(name) || FOREIGN.test(name)) return []
    // Where both are set, the other one is another program's.
    const candidates = VARIABLES.filter((ours) => ours.length >= MIN_LENGTH && !env[ours])
    const likely = DISTANCES.map((distance) =>
      candidates.find((ours) => isWithin(distance, name.toUpperCase(), ours)),
    ).find((ours) => ours !== undefined)
    if (likely === undefined) return []
    return [`${name} is not known, and was not read: did you mean ${likely}?`]
  })
}

/** True if `one` becomes `other` by at most so many letters that are added, left out, changed, or swapped with the next. */
function isWithin(distance: number, one: string, other: string): boolean {
  if (one === other) return true
  if (distance === 0) return false
  if (Math.abs(one.length - other.length) > distance) return false
  let same = 0
  while (one[same] !== undefined && one[same] === other[same]) same++
  const [a, b] = [one.slice(same), other.slice(same)]
  const isSwapped = a[0] === b[1] && a[1] === b[0]
  return (
    isWithin(distance - 1, a.slice(1), b.slice(1)) ||
    isWithin(distance - 1, a.slice(1), b) ||
    isWithin(distance - 1, a, b.slice(1)) ||
    (isSwapped && isWithin(distance - 1, a.slice(2), b.slice(2)))
  )
}
