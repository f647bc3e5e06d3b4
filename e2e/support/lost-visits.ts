import type { Page } from '@playwright/test'
import type { Asked, TestProxy } from '@/testing/kit/proxy'
import { visitInVain } from '@/testing/kit/testing'
import { claimsOf, readJar } from './clients/jar'

/** Opens the dashboard and loses the response after the server has sent it. */
export async function loseVisit(
  page: Page,
  front: TestProxy,
  where: (asked: Asked) => boolean = () => true,
): Promise<void> {
  const repair = front.when({ path: '/dashboard', where }, { kind: 'drop response' })
  await visitInVain(page, '/dashboard')
  repair()
}

/** Delivers the challenge and loses the response to the second attempt. */
export function loseVisitAndChallenge(page: Page, front: TestProxy): Promise<void> {
  return loseVisit(page, front, ({ headers }) => /refresh_challenge=/.test(headers.cookie ?? ''))
}

/** The position of the refresh token in the jar. */
export async function refreshPosition(page: Page): Promise<unknown> {
  const { refresh } = await readJar(page.context())
  const { g, b } = claimsOf(refresh ?? '')
  return { g, b }
}
