import { type Environment, parseList, readEdgeConfig } from './edge'
import { VARIABLES } from './schema'
import { isLoopback } from './test-origin'

/** Shorter names are too similar to those of other programs: PATH is two letters from PORT. */
const MIN_LENGTH = 8
/** The numbers of letters by which a misspelled name may differ, the most likely first. */
const DISTANCES = [0, 1, 2]
/** Prefixes of other programs, which have many variables with similar names. */
const FOREIGN = /^(?:OTEL|VERCEL|NEXT|NPM|NODE)_/i

/** Warnings about values that are allowed but probably unintended, one sentence each, without secrets. Never throws. */
export function configWarnings(env: Environment = process.env): string[] {
  return [...inTest(env), ...withoutTls(env), ...misspelled(env)]
}

function inTest(env: Environment): string[] {
  return env.TESTING === '1'
    ? [
        'TESTING is on: any program on this machine can sign in as any user and change the age of sessions, without a password. Use a database that holds only test users',
      ]
    : []
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

function misspelled(env: Environment): string[] {
  return Object.keys(env).flatMap((name) => {
    if (name.length < MIN_LENGTH || VARIABLES.includes(name) || FOREIGN.test(name)) return []
    // If both are set, the unknown one belongs to another program.
    const candidates = VARIABLES.filter((ours) => ours.length >= MIN_LENGTH && !env[ours])
    const likely = DISTANCES.map((distance) =>
      candidates.find((ours) => isWithin(distance, name.toUpperCase(), ours)),
    ).find((ours) => ours !== undefined)
    if (likely === undefined) return []
    return [`${name} is not known, and was not read: did you mean ${likely}?`]
  })
}

/** True if `one` becomes `other` when at most `distance` letters are added, removed, changed or swapped with the next. */
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
