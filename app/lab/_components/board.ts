import type { JarView, LabEvent, RowView, Verdict } from '@/server/lab/event'

/** A browser of a scene, as the picture shows it. */
export interface BrowserView {
  readonly name: string
  readonly jar: JarView | null
  readonly isSignedOut: boolean
}

/** Everything that the picture shows at rest. */
export interface Board {
  readonly browsers: readonly BrowserView[]
  readonly rows: readonly RowView[]
  readonly away: readonly string[]
  readonly decision: { readonly word: string; readonly rule: string } | null
  readonly requests: number
  readonly answered: number
  readonly rotations: number
  readonly signedOut: number
  readonly verdict: Verdict | null
}

/** The state of the picture after these events. */
export function boardAfter(events: readonly LabEvent[]): Board {
  const browsers = new Map<string, BrowserView>()
  const rows = new Map<string, RowView>()
  const away = new Set<string>()
  const by = new Map<number, string>()
  let decision: Board['decision'] = null
  let verdict: Verdict | null = null
  let [requests, answered, signedOut] = [0, 0, 0]

  const keep = (row: RowView | null) => {
    if (row) rows.set(row.of, row)
  }
  for (const event of events) {
    switch (event.kind) {
      case 'sent':
        by.set(event.request, event.by)
        browsers.set(event.by, { name: event.by, jar: event.jar, isSignedOut: false })
        if (!event.again) requests += 1
        break
      case 'copied':
        browsers.set(event.by, {
          name: event.by,
          jar: browsers.get(event.from)?.jar ?? null,
          isSignedOut: false,
        })
        break
      case 'fault':
        if (event.begins) away.add(event.at)
        else away.delete(event.at)
        break
      case 'decided':
        decision = { word: event.decision, rule: event.rule }
        keep(event.row)
        break
      case 'wrote':
      case 'checked':
      case 'aged':
        keep(event.row)
        break
      case 'answered': {
        const name = by.get(event.request) ?? ''
        const browser = browsers.get(name)
        if (event.outcome === 'served') answered += 1
        const isSignedOut = event.outcome === 'signed out'
        if (isSignedOut) signedOut += 1
        if (browser) browsers.set(name, { ...browser, jar: event.jar, isSignedOut })
        break
      }
      case 'verdict':
        verdict = event.verdict
        break
    }
  }
  const list = verdict?.rows ?? [...rows.values()]
  const rotations = list.reduce((sum, { generation }) => sum + generation, 0)
  return {
    browsers: [...browsers.values()],
    rows: list,
    away: [...away],
    decision,
    requests,
    answered,
    rotations,
    signedOut,
    verdict,
  }
}
