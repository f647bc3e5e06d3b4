'use client'

import { useSyncExternalStore } from 'react'
import type { Life } from '@/contracts/life'
import type { Issue } from './issue'
import { lifeStore } from './life-store'

/**
 * The session's life and the issues that this browser saw, as far as this tab knows them. `initial` is the life with which the page
 * was rendered. It is used until the tab knows more of that user, and what it knows of another user is left out.
 */
export function useLife(initial: Life): { life: Life; issues: readonly Issue[] } {
  const state = useSyncExternalStore(lifeStore.subscribe, lifeStore.get, lifeStore.getOnServer)
  const isOurs = state.life?.userId === initial.userId
  const life = isOurs && state.life ? state.life : initial
  const ended = state.ended?.userId === initial.userId ? state.ended : null
  return { life: { ...life, ended: life.ended ?? ended }, issues: isOurs ? state.issues : [] }
}
