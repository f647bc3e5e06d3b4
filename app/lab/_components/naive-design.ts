import type { LabEvent } from '@/server/lab/event'

/** The state of the simulated design after some events. */
export interface NaiveState {
  /** What it did, in sentences, with the time of each. */
  readonly lines: readonly { readonly ms: number; readonly text: string; readonly isBad: boolean }[]
  /** The person's browsers that were signed out. */
  readonly signedOut: readonly string[]
}

interface NaiveJar {
  session: string
  token: number
  hasAccess: boolean
}

/**
 * Simulates the usual design for the same requests: each refresh token is good once, a second use is taken for a copy and ends the
 * session, and a refresh that fails for any reason sends the person to sign in. Access tokens are good until they expire,
 * whatever happens to the session. Nothing of this is on the server.
 */
export function simulateNaive(events: readonly LabEvent[]): NaiveState {
  const lines: { ms: number; text: string; isBad: boolean }[] = []
  const sessions = new Map<string, { current: number; isOver: boolean }>()
  const jars = new Map<string, NaiveJar>()
  const pending = new Map<number, { by: string; jar: NaiveJar }>()
  const signedOut = new Set<string>()
  const away = new Set<string>()

  const signOut = (ms: number, by: string, why: string) => {
    jars.delete(by)
    if (by !== 'thief' && signedOut.has(by)) return
    if (by !== 'thief') signedOut.add(by)
    lines.push({ ms, text: `${why} The ${by} is signed out.`, isBad: by !== 'thief' })
  }
  const endOthers = (keep: string) => {
    for (const [name, session] of sessions) if (name !== keep) session.isOver = true
  }

  for (const event of events) {
    if (event.kind === 'fault') {
      if (event.begins) away.add(event.at)
      else away.delete(event.at)
    }
    if (event.kind === 'copied') {
      const jar = jars.get(event.from)
      if (jar) jars.set(event.by, { ...jar })
    }
    if (event.kind === 'answered') {
      const granted = pending.get(event.request)
      if (granted && !event.lost) jars.set(granted.by, granted.jar)
    }
    if (event.kind !== 'sent' || event.again) continue
    const { by, ms, path, request } = event
    if (path === '/api/auth/login') {
      sessions.set(by, { current: 0, isOver: false })
      jars.set(by, { session: by, token: 0, hasAccess: true })
      continue
    }
    const jar = jars.get(by)
    const session = jar && sessions.get(jar.session)
    if (!jar || !session) continue
    if (path.startsWith('/api/sessions/') || path === '/api/account/password') {
      endOthers(jar.session)
      continue
    }
    const mustRefresh = !event.jar.access || !jar.hasAccess || path === '/api/auth/refresh'
    if (!mustRefresh) {
      if (!session.isOver) continue
      lines.push({
        ms,
        text: `The session of the ${by} has ended, but its access token is served until it expires.`,
        isBad: true,
      })
      continue
    }
    jar.hasAccess = false
    if (away.size > 0) {
      signOut(ms, by, 'The refresh fails.')
    } else if (session.isOver) {
      signOut(ms, by, 'The session is over.')
    } else if (jar.token === session.current) {
      session.current += 1
      const text = `The ${by} rotates to token ${session.current}.`
      lines.push({ ms, text, isBad: false })
      pending.set(request, { by, jar: { ...jar, token: session.current, hasAccess: true } })
    } else {
      session.isOver = true
      signOut(ms, by, `Token ${jar.token} was used before, which is taken for a copy.`)
    }
  }
  return { lines, signedOut: [...signedOut] }
}
