import {
  test as base,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestType,
} from '@playwright/test'
import type { Person } from './endpoint'
import type { Expectations } from './expectations'
import {
  type Extent,
  type FaultRule,
  type Faults,
  failedRefresh,
  openFaults,
  ruleFor,
  type Where,
} from './faults'
import { createKit, type Kit, type KitOptions } from './kit'
import { openProxy } from './proxy'
import { parseTime, type Time } from './time'

export { expect } from '@playwright/test'
export type {
  Person,
  PersonWithPassword,
  Rotations,
  SessionEventRecord,
  SessionRecord,
  SessionState,
} from './endpoint'
export { STATES } from './endpoint'
export { type Expectations, type Screens, visitInVain } from './expectations'
export type { Extent, Where } from './faults'
export { loseAccess } from './jar'
export { createKit, type Kit, type KitOptions, type SignedIn, type Thief } from './kit'
export type { StorageState } from './storage-state'
export type { Time } from './time'

/** A proxy that is already open. */
export type OpenProxy = Faults & { readonly origin: string }

/** Where the app is, and how it shows what tests expect. Everything is optional: `origin` is the project's `baseURL`, if it is not given. */
export interface RekindleOptions extends Partial<KitOptions> {
  /** The proxy that all workers share, such as `http://127.0.0.1:3999`. Each worker opens one of its own, if it is not given. */
  readonly proxy?: string | OpenProxy
  /** The proxy between the app's middleware and its refresh route. `proxy`, if it is not given. */
  readonly refreshProxy?: string | OpenProxy
}

/** Whom a fault is for. */
export interface ForWhom {
  /** Everyone of the test, if it is not given. */
  readonly user?: Person
}

type KitMethods = Pick<
  Kit,
  'newUser' | 'signedIn' | 'copyJar' | 'passTime' | 'rotations' | 'storageStateOf' | 'revive'
>

export interface KitFixtures extends KitMethods, Expectations {
  /** A new user, signed in nowhere. */
  user: Person
  /** Everything that the other fixtures are made of. */
  kit: Kit
  /**
   * Loses the next response: the app answers in full, and the browser receives nothing. It is the next page that the browser
   * opens, or the next request that `where` describes. `visitInVain` opens a page whose response is lost.
   *
   * @example
   * test('loseNextResponse', async ({ context, page, user, signedIn, loseNextResponse, rotations }) => {
   *   await signedIn(context, { user, state: 'expired' })
   *   await loseNextResponse()
   *   await visitInVain(page, '/dashboard')
   *   expect((await rotations(user)).sessions).toMatchObject([{ generation: 1 }])
   * })
   */
  loseNextResponse(where?: Where & ForWhom): Promise<void>
  /**
   * Holds the next response for so long.
   *
   * @example
   * test('delayNextResponse', async ({ context, page, user, signedIn, delayNextResponse }) => {
   *   await signedIn(context, { user })
   *   await page.goto('/dashboard')
   *   await delayNextResponse('1s', { path: '/api/me' })
   *   const status = await page.evaluate(async () => (await fetch('/api/me')).status)
   *   expect(status).toBe(200)
   * })
   */
  delayNextResponse(time: Time, where?: Where & ForWhom): Promise<void>
  /**
   * Makes the refresh route answer 503, so often or for so long. Middleware asks through the proxy if the app is started with
   * the proxy's address as `INTERNAL_ORIGIN` and has `middleware.ts`. It asks twice for a page before it gives up.
   *
   * @example
   * test('failRefresh', async ({ context, page, user, signedIn, failRefresh }) => {
   *   await signedIn(context, { user })
   *   await page.goto('/dashboard')
   *   await failRefresh({ times: 1 })
   *   const status = await page.evaluate(async () => {
   *     const answer = await fetch('/api/auth/refresh', { method: 'POST' })
   *     return answer.status
   *   })
   *   expect(status).toBe(503)
   * })
   */
  failRefresh(extent: Extent, whom?: ForWhom): Promise<void>
  /** @internal Places faults, and fails a test that no fault has met. */
  faults: (
    name: string,
    at: Faults,
    rule: Omit<FaultRule, 'users'>,
    whom?: ForWhom,
  ) => Promise<void>
}

export interface KitWorkerFixtures {
  rekindle: RekindleOptions
  /**
   * A user of this worker, for tests that share one. Each test has a session of its own: `storageStateOf(keptUser)`.
   *
   * @example
   * test('keptUser', async ({ context, page, keptUser, signedIn, expectStillSignedIn }) => {
   *   await signedIn(context, { user: keptUser })
   *   await page.goto('/dashboard')
   *   await expectStillSignedIn(page, keptUser)
   * })
   */
  keptUser: Person
  /** @internal The options, with the defaults filled in. */
  app: RekindleOptions & { readonly origin: string }
  /** @internal The proxy for browsers. `server` is undefined if the app's origin is the proxy's. */
  browserProxy: { readonly faults: Faults; readonly server: string | undefined }
}

/**
 * Playwright's `test` with the kit's fixtures. The project's `baseURL` says where the app is, and `use: { rekindle: { … } }` the
 * rest. Each test has its own users, so any number of workers share one app.
 */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & KitFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & KitWorkerFixtures
> = base.extend<KitFixtures, KitWorkerFixtures>({
  rekindle: [{}, { option: true, scope: 'worker' }],
  app: [
    async ({ rekindle }, use, { project }) => {
      const origin = rekindle.origin ?? project.use.baseURL
      if (origin === undefined) throw new Error('Set `baseURL`: the origin of the app')
      await use({ ...rekindle, origin: new URL(origin).origin })
    },
    { scope: 'worker', box: true },
  ],
  browserProxy: [
    async ({ app: { origin, proxy } }, use) => {
      const serverAt = (at: string) => (at === origin ? undefined : at)
      if (typeof proxy === 'string') {
        return use({ faults: openFaults(proxy), server: serverAt(proxy) })
      }
      if (proxy) return use({ faults: proxy, server: serverAt(proxy.origin) })
      const own = await openProxy(origin, { records: false })
      await use({ faults: own, server: own.origin })
      await own.close()
    },
    { scope: 'worker', box: true },
  ],
  proxy: async ({ proxy, browserProxy: { server } }, use) =>
    use(proxy ?? (server === undefined ? undefined : { server })),
  keptUser: [
    async ({ app }, use) => use(await createKit(app).newUser()),
    { scope: 'worker', box: true },
  ],

  kit: [async ({ app }, use) => use(createKit(app)), { box: true }],
  context: async ({ context, kit }, use) => {
    kit.watch(context)
    await use(context)
  },
  user: async ({ kit }, use) => use(await kit.newUser()),
  newUser: async ({ kit }, use) => use(kit.newUser),
  signedIn: async ({ kit, userAgent }, use) =>
    use((context, options) =>
      kit.signedIn(context, { ...(userAgent === undefined ? {} : { userAgent }), ...options }),
    ),
  copyJar: async ({ kit }, use) => use(kit.copyJar),
  passTime: async ({ kit }, use) => use(kit.passTime),
  rotations: async ({ kit }, use) => use(kit.rotations),
  storageStateOf: async ({ kit }, use) => use(kit.storageStateOf),
  revive: async ({ kit }, use) => use(kit.revive),
  expectStillSignedIn: async ({ kit }, use) => use(kit.expectStillSignedIn),
  expectSignedOut: async ({ kit }, use) => use(kit.expectSignedOut),

  faults: [
    async ({ kit, app }, use) => {
      const placed: { name: string; remove: () => Promise<number> }[] = []
      await use(async (name, at, rule, { user } = {}) => {
        const users = user ? [user.id] : [...kit.people]
        if (users.length === 0 && typeof app.proxy === 'string') {
          throw new Error(`${name}: make a user first, or the fault would meet other tests as well`)
        }
        placed.push({ name, ...(await at.place({ ...rule, users })) })
      })
      for (const { name, remove } of placed) {
        if ((await remove()) > 0) continue
        throw new Error(`${name} met no request, so this test shows nothing. ${ADVICE}`)
      }
    },
    { box: true },
  ],
  loseNextResponse: async ({ faults, browserProxy }, use) =>
    use(async ({ user, ...where } = {}) => {
      const rule = { fault: { kind: 'drop response' }, times: 1, ...ruleFor(where) } as const
      await faults('loseNextResponse', browserProxy.faults, rule, whom(user))
    }),
  delayNextResponse: async ({ faults, browserProxy }, use) =>
    use(async (time, { user, ...where } = {}) => {
      const fault = { kind: 'delay response', ms: parseTime(time) } as const
      const rule = { fault, times: 1, ...ruleFor(where) }
      await faults('delayNextResponse', browserProxy.faults, rule, whom(user))
    }),
  failRefresh: async ({ faults, browserProxy, app: { refreshProxy } }, use) =>
    use(async (extent, { user } = {}) => {
      const at = typeof refreshProxy === 'string' ? openFaults(refreshProxy) : refreshProxy
      await faults('failRefresh', at ?? browserProxy.faults, failedRefresh(extent), whom(user))
    }),
})

const ADVICE =
  'A page needs no `where`, another request does; failRefresh needs an app that is started with the address of the proxy as INTERNAL_ORIGIN, and that has middleware.ts, not proxy.ts.'

function whom(user: Person | undefined): ForWhom {
  return user ? { user } : {}
}
