import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const JSON_BODY = { 'content-type': 'application/json' }

/** A browser's cookies, as far as these visits need them. */
class Visitor {
  jar = new Map()

  constructor(origin) {
    this.origin = origin
  }

  async ask(path, { headers, ...options } = {}) {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(path, this.origin), {
      redirect: 'manual',
      ...options,
      headers: { origin: this.origin, 'sec-fetch-site': 'same-origin', cookie, ...headers },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      if (value === '' || /max-age=0/i.test(line)) this.jar.delete(name)
      else this.jar.set(name, value)
    }
    return response
  }

  /** What the access token says. */
  get claims() {
    return JSON.parse(Buffer.from(this.jar.get('access_token').split('.')[1], 'base64url'))
  }
}

/**
 * Proves that the app that followed docs/adopting.md keeps its people signed in. Each part has a name, which `prove` puts into
 * what it reports.
 */
export async function visitApp({ app, origin, prove }) {
  const visitor = new Visitor(origin)
  const rows = new Sqlite(join(app, '.data/rekindle.db'), { readonly: true })
  const people = new Sqlite(join(app, 'people.db'))
  const session = () => rows.prepare('SELECT * FROM sessions').get()
  let person

  try {
    await prove('what the app had is still there, and what is new is behind the gate', async () => {
      assert.match(await (await visitor.ask('/')).text(), /To get started/)
      assert.equal((await visitor.ask('/next.svg')).status, 200)
      assert.equal((await visitor.ask('/api/hello')).status, 200)
      assert.match(await (await visitor.ask('/about')).text(), /Welcome</)
      const turnedAway = await visitor.ask('/members')
      assert.equal(addressOf(turnedAway), '/sign-in?next=%2Fmembers')
      assert.equal((await visitor.ask('/api/reports')).status, 401)
    })

    await prove('a person of its own table signs in, without a password', async () => {
      const body = JSON.stringify({ name: 'Ada', role: 'author' })
      const joined = await visitor.ask('/api/people', { method: 'POST', headers: JSON_BODY, body })
      person = await joined.json()
      const enter = (code) =>
        visitor.ask('/api/auth/code', {
          method: 'POST',
          headers: FORM,
          body: new URLSearchParams({ code, next: '/members' }),
        })
      const wrong = await enter('not-a-code')
      assert.equal(addressOf(wrong), '/sign-in?error=code')
      const entered = await enter(person.code)
      assert.equal(entered.status, 303, await entered.text())
      assert.equal(addressOf(entered), '/members')
      assert.match(await (await visitor.ask('/members')).text(), /Hello, (<!-- -->)?Ada/)
      assert.equal(session().user_id, person.id)
    })

    await prove('the access token has its claims, and another service reads them', async () => {
      assert.equal(visitor.claims.role, 'author')
      const env = { ...process.env, APP_ORIGIN: origin, TOKEN: visitor.jar.get('access_token') }
      const read = execFileSync('node', ['other-service/verify.mjs'], { cwd: app, env })
      assert.equal(`${read}`, `${person.id} is author\n`)
      const headers = { authorization: `Bearer ${env.TOKEN}` }
      const reports = await (await new Visitor(origin).ask('/api/reports', { headers })).json()
      assert.deepEqual(reports, { reports: ['A report for Ada'], role: 'author' })
    })

    await prove('middleware renews the session, with what the table says by now', async () => {
      people.prepare("UPDATE people SET role = 'editor' WHERE id = ?").run(person.id)
      await passTime(visitor, person.id)
      assert.equal(visitor.jar.has('access_token'), false)
      const before = session().generation
      const page = await visitor.ask('/members')
      assert.equal(page.status, 200)
      assert.match(await page.text(), /Your role: (<!-- -->)?editor/)
      assert.equal(session().generation, before + 1)
      assert.equal(visitor.claims.role, 'editor')
    })

    await prove('a person who is blocked in the table is out at the next refresh', async () => {
      people.prepare('UPDATE people SET blocked = 1 WHERE id = ?').run(person.id)
      await passTime(visitor, person.id)
      const page = await visitor.ask('/members')
      assert.match(addressOf(page), /^\/sign-in\?/)
    })
  } finally {
    rows.close()
    people.close()
  }
}

/** Where a response redirects to, without the origin. Middleware redirects to an address of its own, routes to a path. */
function addressOf(response) {
  const { pathname, search } = new URL(response.headers.get('location') ?? '', 'http://nowhere')
  return pathname + search
}

/** Lets twenty minutes pass for one person and this browser. */
async function passTime(visitor, userId) {
  const cookies = [...visitor.jar].map(([name, value]) => ({ name, value }))
  const response = await fetch(`${visitor.origin}/api/testing/pass-time`, {
    method: 'POST',
    headers: { ...JSON_BODY, 'x-rekindle-testing': '1' },
    body: JSON.stringify({ userId, ms: 20 * 60_000, jars: [cookies] }),
  })
  assert.equal(response.status, 200, await response.clone().text())
  const { jars } = await response.json()
  for (const { name, value } of jars[0].cookies) visitor.jar.set(name, value)
  for (const name of jars[0].dropped) visitor.jar.delete(name)
}
