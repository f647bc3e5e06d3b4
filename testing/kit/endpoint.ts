/** A user of the app. */
export interface Person {
  readonly id: string
  readonly name: string
}

/** A user who can also sign in through the form. */
export interface PersonWithPassword extends Person {
  readonly password: string
}

/** The states into which `signedIn` puts a browser. docs/testing.md says what the next page does in each. */
export const STATES = [
  'fresh',
  'expiring',
  'expired',
  'replaced',
  'lost-response',
  'stolen',
  'ended-elsewhere',
  'reused',
  'idle-expired',
  'absolute-expired',
] as const

export type SessionState = (typeof STATES)[number]

/** A cookie as the app would set it. `expires` is in epoch seconds. */
export interface AppCookie {
  readonly name: string
  readonly value: string
  readonly path: string
  readonly httpOnly: boolean
  readonly secure: boolean
  readonly sameSite: 'Lax' | 'Strict'
  readonly expires: number
}

/** A session of the database. Times are epoch milliseconds. */
export interface SessionRecord {
  readonly id: string
  /** How often it has rotated. */
  readonly generation: number
  /** Which issue of its generation the current refresh token is. */
  readonly branch: number
  readonly parentBranch: number
  /** When the current refresh token was issued. */
  readonly issuedAt: number
  readonly idleExpiresAt: number
  readonly expiresAt: number
  readonly createdAt: number
  readonly authTime: number
  readonly endedAt: number | null
  /** Why it ended. Null while it lives. */
  readonly endedReason: string | null
  readonly address: string
  readonly userAgent: string
}

/** What happened to a session. */
export interface SessionEventRecord {
  readonly kind: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly detail: string | null
  readonly sessionId: string | null
  readonly address: string
  readonly userAgent: string
}

/** A user's sessions and what happened to them, oldest first, as the database has them. */
export interface Rotations {
  readonly sessions: readonly SessionRecord[]
  readonly events: readonly SessionEventRecord[]
}

/** What to begin. */
export interface NewSession {
  readonly userId: string
  readonly state: SessionState
  readonly userAgent?: string
}

/** A session that was begun, and the cookies of its jar. */
export interface BegunSession {
  readonly sessionId: string
  readonly cookies: readonly AppCookie[]
  /** What a thief holds, if the session is stolen. */
  readonly thief?: readonly AppCookie[]
}

/** What has become of a jar. Cookies in neither list are no tokens, or not the user's, and stay. */
export interface AgedJar {
  /** The tokens that are still good, older: they replace the cookies of the same names. */
  readonly cookies: readonly AppCookie[]
  /** The names of the cookies that have expired. */
  readonly dropped: readonly string[]
}

/** A cookie as a request carries it. */
export type CookiePair = Pick<AppCookie, 'name' | 'value'>

/** The test-only routes of an app that runs with `TESTING=1`. @throws Each method throws Error with the app's own words. */
export interface Endpoint {
  user(wanted: { name?: string; password: true }): Promise<PersonWithPassword>
  user(wanted: { name?: string; password?: boolean }): Promise<Person>
  session(wanted: NewSession): Promise<BegunSession>
  /** Lets `ms`, which are whole seconds, pass for one user. Returns what becomes of each jar, in the order given. */
  passTime(
    userId: string,
    ms: number,
    jars: readonly (readonly CookiePair[])[],
  ): Promise<readonly AgedJar[]>
  rotations(userId: string): Promise<Rotations>
}

/** Speaks to the app at this origin, as the test's process reaches it, with `extra` headers. */
export function openEndpoint(
  origin: string,
  extra: Readonly<Record<string, string>> = {},
): Endpoint {
  async function ask<Answer>(verb: string, body: object): Promise<Answer> {
    const address = `${origin}/api/testing/${verb}`
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-rekindle-testing': '1', ...extra },
      body: JSON.stringify(body),
    }).catch((cause: unknown) => {
      throw new Error(`No app answers at ${origin}`, { cause })
    })
    if (answer.ok) return (await answer.json()) as Answer
    const said = await answer.text()
    const advice = answer.status === 404 ? '. Is the app started with TESTING=1?' : ''
    throw new Error(`POST ${address} answered ${answer.status}${advice}\n${said.slice(0, 500)}`)
  }

  return {
    user: <Answer extends Person>(wanted: object) => ask<Answer>('user', wanted),
    session: (wanted) => ask('session', wanted),
    async passTime(userId, ms, jars) {
      const { jars: aged } = await ask<{ jars: AgedJar[] }>('pass-time', { userId, ms, jars })
      return aged
    },
    rotations: (userId) => ask('rotations', { userId }),
  }
}
