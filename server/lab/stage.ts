import 'server-only'
import { randomBytes } from 'node:crypto'
import type { Database } from '@/db/database'
import type { Session, SessionEventKind } from '@/session/session'
import type { EpochMs } from '@/session/time'
import { hashPassword, inPasswordQueue } from '../auth/sign-in/passwords'
import { Browser, type Ending } from './browser'
import { LAB_USER_PREFIX } from './leftovers'
import type { SceneRun } from './run'

/** The longest lifetimes with which a scene really waits. With longer ones it sets the row back, and says so. */
const MAX_WAITED_TTL_MS = 15_000
const MAX_WAITED_GRACE_MS = 3_000
/** How long after an expiry, or after grace, a scene goes on. */
const MARGIN_MS = 400

/** True if scenes wait for tokens to expire. */
export function isRealTime(times: { accessTokenMs: number; graceMs: number }): boolean {
  return times.accessTokenMs <= MAX_WAITED_TTL_MS && times.graceMs <= MAX_WAITED_GRACE_MS
}

/** What the database holds about the person of a scene. */
export interface Found {
  /** Every session that a browser of the scene has had, in the order in which they began. */
  readonly sessions: readonly Session[]
  readonly events: readonly SessionEventKind[]
}

/** What a scene is played with: one person, made for this run, and that person's browsers. */
export class Stage {
  private readonly sessionIds = new Set<string>()
  private person: { readonly name: string; password: string } | null = null

  constructor(
    readonly run: SceneRun,
    private readonly database: Database,
    private readonly clock: () => EpochMs,
  ) {}

  /** Signs the person in on a browser, by the sign-in route. The first time, it makes the person. */
  async signIn(name = 'browser'): Promise<Browser> {
    this.person ??= await this.addPerson()
    const browser = new Browser(this.run, name)
    const { name: username, password } = this.person
    const ending = await this.post(browser, '/api/auth/login', { username, password })
    if (ending.status !== 200) throw new Error(`Sign-in answered ${ending.status}`)
    this.own(browser)
    return browser
  }

  /** Copies a browser's cookie jar, as it is now. */
  steal(from: Browser, name = 'thief'): Browser {
    this.run.emit({ kind: 'copied', by: name, from: from.name })
    return new Browser(this.run, name, from.jar.copy())
  }

  /** Sends JSON, as a program in the browser does. */
  post(browser: Browser, path: string, body: unknown, method = 'POST'): Promise<Ending> {
    const headers = { 'content-type': 'application/json' }
    return browser.ask({ method, path, headers, body: JSON.stringify(body) })
  }

  /** Sets a new password on a browser, which moves that browser's session to a new row. */
  async changePassword(browser: Browser): Promise<Ending> {
    if (this.person === null) throw new Error('Nobody has signed in')
    const newPassword = newSecret()
    const currentPassword = this.person.password
    const given = { currentPassword, newPassword }
    const ending = await this.post(browser, '/api/account/password', given)
    this.person.password = newPassword
    this.own(browser)
    return ending
  }

  /**
   * Waits until the access tokens of these browsers have expired and grace is over, or sets their rows back by as much. On a
   * machine that is slow the session may have moved only just now.
   */
  async untilExpired(...browsers: Browser[]): Promise<void> {
    const { accessTokenMs, graceMs } = this.run
    if (isRealTime(this.run)) {
      const left = Math.max(...browsers.map(({ jar }) => jar.accessLeftMs()))
      const ms = Math.max(left, await this.graceLeftMs(browsers)) + MARGIN_MS
      await this.run.wait(ms, 'The access token expires.')
    } else {
      const ms = Math.max(accessTokenMs, 3 * graceMs) + MARGIN_MS
      await this.setBack(ms, 'The access token expires', browsers)
    }
    for (const { jar } of browsers) jar.drop('access_token')
  }

  /** Waits until grace is over, or sets the rows back by as much. */
  async pastGrace(...browsers: Browser[]): Promise<void> {
    if (isRealTime(this.run)) {
      await this.run.wait((await this.graceLeftMs(browsers)) + MARGIN_MS, 'Grace passes.')
    } else {
      await this.setBack(this.run.graceMs + MARGIN_MS, 'Grace passes', browsers)
    }
  }

  /** For how long the grace of these browsers' sessions goes on, in milliseconds. */
  private async graceLeftMs(browsers: readonly Browser[]): Promise<number> {
    const rows = await Promise.all(
      browsers.map(({ jar }) => this.database.sessions.find(jar.sessionId())),
    )
    const issued = Math.max(...rows.map((row) => row?.issuedAt ?? 0))
    return Math.max(0, issued + this.run.graceMs - this.clock())
  }

  /**
   * Makes the rows of these browsers' sessions `ms` older, and drops the challenges in their jars, which would have expired. It
   * moves each row with the guarded statement of a rotation, from its position to the same position.
   */
  async setBack(ms: number, text: string, browsers: readonly Browser[]): Promise<void> {
    const done = new Set<string>()
    for (const { jar } of browsers) {
      jar.drop('refresh_challenge')
      const id = jar.sessionId()
      if (done.has(id)) continue
      done.add(id)
      const row = await this.database.sessions.find(id)
      if (row === null || row.endedReason !== null) continue
      const older = { ...row, issuedAt: row.issuedAt - ms }
      await this.database.sessions.advance(id, row, older)
      this.run.emit({ kind: 'aged', byMs: ms, row: this.run.view(older), text })
    }
  }

  /** Reads what the database holds about the person. */
  async find(): Promise<Found> {
    const { sessions } = this.database
    const rows = await Promise.all([...this.sessionIds].map((id) => sessions.find(id)))
    const found = rows.flatMap((row) => (row ? [row] : []))
    const [first] = found
    const history = first ? await sessions.history(first.userId, 100, null) : []
    return { sessions: found, events: history.map(({ kind }) => kind).reverse() }
  }

  private own({ jar, name }: Browser): void {
    const id = jar.sessionId()
    this.run.own(id, name)
    this.sessionIds.add(id)
  }

  private async addPerson() {
    // In lower case, so that the name is compared as it is written.
    const name = `lab visitor ${randomBytes(8).toString('hex')}`
    const password = newSecret()
    const attempt = { account: name, address: 'lab', device: null }
    const created = await this.database.users.create({
      id: LAB_USER_PREFIX + randomBytes(16).toString('base64url'),
      name,
      nameKey: name,
      passwordHash: await inPasswordQueue(attempt, () => hashPassword(password)),
      createdAt: this.clock(),
    })
    if (!created) throw new Error('The name of a lab visitor is taken')
    return { name, password }
  }
}

function newSecret(): string {
  return randomBytes(24).toString('base64url')
}
