import 'server-only'
import type { Ending } from '../browser'
import { formOf } from '../form'
import type { Play } from '../play'
import { isAlive, servedAll } from './checks'

/** Fifty requests of one browser leave together, with an access token that has expired. */
export const fifty: Play = async (stage) => {
  const browser = await stage.signIn()
  await stage.untilExpired(browser)
  const tabs = Array.from({ length: 50 }, (_, index) => index + 1)
  stage.run.say('Fifty requests leave at once. All carry the same refresh token.')
  const endings = await Promise.all(tabs.map((tab) => browser.ask({ tab, path: '/api/me' })))
  const refreshCookies = endings.filter(({ stored }) => stored.includes('refresh_token'))
  return ({ sessions }) =>
    servedAll(endings) && refreshCookies.length === 1 && isAlive(sessions[0], 1)
}

/** Five tabs reload one after the other, twice. */
export const tabs: Play = async (stage) => {
  const browser = await stage.signIn()
  const endings: Ending[] = []
  for (const waking of ['The laptop is opened', 'It is opened again']) {
    await stage.untilExpired(browser)
    stage.run.say(`${waking}: five tabs reload.`)
    const reloads = [1, 2, 3, 4, 5].map(async (tab) => {
      await stage.run.pause(tab * 40)
      return browser.ask({ tab })
    })
    endings.push(...(await Promise.all(reloads)))
  }
  return ({ sessions }) => servedAll(endings) && isAlive(sessions[0], 2)
}

/** A form is posted at the moment at which the access token has expired. */
export const action: Play = async (stage) => {
  const browser = await stage.signIn()
  const page = await browser.ask()
  const form = formOf(page.text, 'action-run', { note: 'from the lab' })
  await stage.untilExpired(browser)
  stage.run.say('The form is sent. A server action cannot be repeated, so its answer must count.')
  const { headers, body } = form
  const posted = await browser.ask({ method: 'POST', headers, body })
  return ({ sessions }) =>
    posted.outcome === 'served' &&
    posted.text.includes('from the lab') &&
    posted.stored.includes('access_token') &&
    !posted.stored.includes('refresh_token') &&
    isAlive(sessions[0], 0)
}
