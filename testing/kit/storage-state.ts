import { readFile } from 'node:fs/promises'
import type { BrowserContext } from '@playwright/test'
import type { AppCookie } from './endpoint'
import { isOfSession, storedAt } from './jar'

/** Cookies and local storage, as Playwright's `storageState` saves and takes them. */
export type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>

/** Reads a saved state from a file. A state that is none is returned as it is. */
export async function readState(saved: string | StorageState): Promise<StorageState> {
  return typeof saved === 'string' ? JSON.parse(await readFile(saved, 'utf8')) : saved
}

/** The state with these cookies in the place of its session. */
export function stateWith(
  { cookies, origins }: StorageState,
  origin: string,
  session: readonly AppCookie[],
): StorageState {
  const kept = cookies.filter((cookie) => !isOfSession(cookie))
  const names = new Set(session.map(({ name }) => name))
  return {
    cookies: [...kept.filter(({ name }) => !names.has(name)), ...storedAt(origin, session)],
    origins,
  }
}
