import type { BrowserContext } from '@playwright/test'
import {
  type Endpoint,
  openEndpoint,
  type Person,
  type PersonWithPassword,
  type Rotations,
  type SessionState,
} from './endpoint'
import { createExpectations, type Expectations, type Screens } from './expectations'
import { ageJar, readJar, replaceSession, subjectOf } from './jar'
import { readState, type StorageState, stateWith } from './storage-state'
import { parseTime, type Time } from './time'

/** Where the app is, and how it shows what tests expect. */
export interface KitOptions extends Screens {
  /** The app's origin, as browsers see it: what the app has as `APP_ORIGIN`. */
  readonly origin: string
  /** The origin at which this process reaches the app, where that is another. */
  readonly endpoint?: string
  /** More headers for the app's test-only routes: an app that trusts a proxy takes its host from `x-forwarded-host`. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A user to make. */
export interface NewUser {
  /** Any free name, if it is not given. */
  readonly name?: string
  /** True for a user who can also sign in through the form. Hashing a password takes the app a moment. */
  readonly password?: boolean
}

/** Options of `signedIn`. */
export interface SignIn {
  /** A new user, if it is not given. */
  readonly user?: Person
  /** `fresh`, if it is not given. */
  readonly state?: SessionState
  /** The device that the session shows. */
  readonly userAgent?: string
}

/** A session that was begun in a context. */
export interface SignedIn {
  readonly user: Person
  readonly sessionId: string
  readonly thief: Thief
}

/** Who holds the tokens that the victim never received. */
export interface Thief {
  /** Puts the stolen tokens into a context. @throws Error unless the state is `stolen`. */
  enter(context: BrowserContext): Promise<void>
}

/** Options of `passTime`. */
export interface Passing {
  /** The user for whom time passes. Everyone who is signed in, in a context that the kit knows, if it is not given. */
  readonly user?: Person
}

/**
 * Puts browsers into any state of a session, by the app's test-only routes. The app must run with `TESTING=1`. The fixtures of
 * `test` are methods of one kit, which is new in each test.
 */
export interface Kit extends Expectations {
  /**
   * Makes a user who exists in this test alone.
   *
   * @example
   * test('newUser', async ({ page, newUser, expectStillSignedIn }) => {
   *   const user = await newUser({ password: true })
   *   await page.goto('/sign-in?next=%2Fdashboard')
   *   await page.locator('input[name=username]').fill(user.name)
   *   await page.locator('input[name=password]').fill(user.password)
   *   await page.locator('form[action="/api/auth/login"] [type=submit]').click()
   *   await page.waitForURL('/dashboard')
   *   await expectStillSignedIn(page, user)
   * })
   */
  newUser(wanted: NewUser & { readonly password: true }): Promise<PersonWithPassword>
  newUser(wanted?: NewUser): Promise<Person>
  /**
   * Begins a session in a context, in any state, without the sign-in page: one row, and the tokens that the jar holds.
   *
   * @example
   * test('signedIn', async ({ context, page, user, signedIn, expectStillSignedIn }) => {
   *   await signedIn(context, { user, state: 'lost-response' })
   *   await page.goto('/dashboard')
   *   await expectStillSignedIn(page, user)
   * })
   */
  signedIn(context: BrowserContext, options?: SignIn): Promise<SignedIn>
  /**
   * Copies all cookies from one context to another, as a thief does.
   *
   * @example
   * test('copyJar', async ({ context, browser, user, signedIn, copyJar, expectStillSignedIn }) => {
   *   await signedIn(context, { user })
   *   const thief = await browser.newContext()
   *   await copyJar(context, thief)
   *   const page = await thief.newPage()
   *   await page.goto('/dashboard')
   *   await expectStillSignedIn(page, user)
   * })
   */
  copyJar(from: BrowserContext, to: BrowserContext): Promise<void>
  /**
   * Lets time pass for the users who are signed in, and for nobody of another test: their sessions become older, and so does every jar of theirs
   * that the kit knows. A browser drops the cookies that have expired by then. No page may send requests meanwhile.
   *
   * @example
   * test('passTime', async ({ context, page, user, signedIn, passTime, expectSignedOut }) => {
   *   await signedIn(context, { user })
   *   await passTime('15d')
   *   await page.goto('/dashboard')
   *   await expectSignedOut(page)
   * })
   */
  passTime(time: Time, passing?: Passing): Promise<void>
  /**
   * Reads a user's sessions and what happened to them from the app's database.
   *
   * @example
   * test('rotations', async ({ context, page, user, signedIn, rotations }) => {
   *   await signedIn(context, { user, state: 'expired' })
   *   await page.goto('/dashboard')
   *   const { sessions, events } = await rotations(user)
   *   expect(sessions).toMatchObject([{ generation: 1, branch: 0, endedReason: null }])
   *   expect(events.map(({ kind }) => kind)).toEqual(['signed_in'])
   * })
   */
  rotations(user: Person): Promise<Rotations>
  /**
   * Returns a new session of a user as a `storageState`.
   *
   * @example
   * test('storageStateOf', async ({ browser, user, storageStateOf, expectStillSignedIn }) => {
   *   const context = await browser.newContext({ storageState: await storageStateOf(user) })
   *   const page = await context.newPage()
   *   await page.goto('/dashboard')
   *   await expectStillSignedIn(page, user)
   * })
   */
  storageStateOf(user: Person, state?: SessionState): Promise<StorageState>
  /**
   * Returns a saved `storageState`, or the one in this file, with a new session of the same user in the place of the saved one,
   * which may be expired, replaced or ended. The app's other cookies and the local storage stay. The file is not changed.
   *
   * @example
   * test('revive', async ({ browser, user, storageStateOf, revive, expectStillSignedIn }) => {
   *   const saved = await storageStateOf(user, 'absolute-expired')
   *   const context = await browser.newContext({ storageState: await revive(saved) })
   *   const page = await context.newPage()
   *   await page.goto('/dashboard')
   *   await expectStillSignedIn(page, user)
   * })
   */
  revive(saved: string | StorageState): Promise<StorageState>
  /** Tells the kit of a context that signs in by other means, so that time passes in its jar, too. */
  watch(context: BrowserContext): void
  /** The ids of the users that this kit has made or signed in. */
  readonly people: ReadonlySet<string>
  readonly origin: string
  /** The origin at which this process reaches the app. */
  readonly endpoint: string
}

/** Makes a kit for one app. */
export function createKit(options: KitOptions): Kit {
  const { origin, headers = {} } = options
  const address = options.endpoint ?? origin
  const endpoint: Endpoint = openEndpoint(address, headers)
  const contexts = new Set<BrowserContext>()
  const people = new Set<string>()

  function watch(context: BrowserContext): void {
    if (contexts.has(context)) return
    contexts.add(context)
    context.once('close', () => contexts.delete(context))
  }

  async function newUser(wanted: NewUser & { password: true }): Promise<PersonWithPassword>
  async function newUser(wanted?: NewUser): Promise<Person>
  async function newUser(wanted: NewUser = {}): Promise<Person> {
    const user = await endpoint.user(wanted)
    people.add(user.id)
    return user
  }

  /** The jars that the kit knows, with the user of each. */
  async function jars() {
    const read = [...contexts].map(async (context) => {
      const cookies = await readJar(context, origin)
      return { context, cookies, userId: subjectOf(cookies) }
    })
    return Promise.all(read)
  }

  return {
    ...createExpectations(origin, endpoint.rotations, options),
    origin,
    endpoint: address,
    people,
    watch,
    newUser,

    async signedIn(context, { user: given, state = 'fresh', userAgent } = {}) {
      const user = given ?? (await newUser())
      people.add(user.id)
      const agent = userAgent === undefined ? {} : { userAgent }
      const begun = await endpoint.session({ userId: user.id, state, ...agent })
      await replaceSession(context, origin, begun.cookies)
      watch(context)
      const thief: Thief = {
        async enter(other) {
          if (!begun.thief) throw new Error(`Nothing is stolen in the state ${state}`)
          await replaceSession(other, origin, begun.thief)
          watch(other)
        },
      }
      return { user, sessionId: begun.sessionId, thief }
    },

    async copyJar(from, to) {
      await to.addCookies(await from.cookies())
      watch(to)
    },

    async passTime(time, { user } = {}) {
      const ms = parseTime(time)
      const all = await jars()
      const ids = user ? [user.id] : new Set(all.flatMap(({ userId }) => userId ?? []))
      await Promise.all(
        [...ids].map(async (id) => {
          const own = all.filter(({ userId }) => userId === id)
          const aged = await endpoint.passTime(
            id,
            ms,
            own.map(({ cookies }) => cookies),
          )
          await Promise.all(
            aged.map(async (jar, i) => own[i] && ageJar(own[i].context, origin, jar)),
          )
        }),
      )
    },

    rotations: ({ id }) => endpoint.rotations(id),

    async storageStateOf({ id: userId }, state = 'fresh') {
      people.add(userId)
      const { cookies } = await endpoint.session({ userId, state })
      return stateWith({ cookies: [], origins: [] }, origin, cookies)
    },

    async revive(saved) {
      const state = await readState(saved)
      const userId = subjectOf(state.cookies)
      if (userId === null) throw new Error('The saved state names no user: it holds no token')
      people.add(userId)
      const { cookies } = await endpoint.session({ userId, state: 'fresh' })
      return stateWith(state, origin, cookies)
    },
  }
}
