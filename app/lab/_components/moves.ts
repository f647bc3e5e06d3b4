import type { LabEvent } from '@/server/lab/event'
import type { Lane } from './layout'
import type { Step } from './playback'

/** A message that travels in the picture. */
export interface Move {
  readonly id: string
  readonly from: Lane
  readonly to: Lane
  /** Where along the lanes it travels, between 0 and 1. */
  readonly share: number
  readonly tone: 'plain' | 'good' | 'bad' | 'thief'
  /** True if the network loses the message. */
  readonly lost: boolean
}

/** How many messages of one step are drawn. More would be one line. */
const MAX_DRAWN = 50

/** The messages of a step. `placeOf` gives the share of the lanes at which a browser is, between 0 and 1. */
export function movesOf(
  step: Step,
  byOf: (request: number) => string,
  placeOf: (browser: string) => number,
): Move[] {
  const events = step.events.slice(0, MAX_DRAWN)
  return events.flatMap((event, index) => {
    if (!('request' in event)) return []
    const by = byOf(event.request)
    const spread = events.length === 1 ? 0 : (index / (events.length - 1) - 0.5) * 0.5
    const share = Math.min(0.98, Math.max(0.02, placeOf(by) + spread))
    const path = pathOf(event)
    if (path === null) return []
    const [from, to] = path
    const lost = event.kind === 'answered' && event.lost
    return [
      { id: `${event.kind} ${event.request}`, from, to, share, tone: toneOf(event, by), lost },
    ]
  })
}

function pathOf(event: LabEvent): [Lane, Lane] | null {
  switch (event.kind) {
    case 'sent':
      return ['browser', event.path === '/api/auth/refresh' ? 'route' : 'middleware']
    case 'held':
      return ['browser', 'network']
    case 'refreshing':
      return ['middleware', 'route']
    case 'decided':
      return ['row', 'route']
    case 'wrote':
      return ['route', 'row']
    case 'refreshed':
      return ['route', 'middleware']
    case 'checked':
      return ['middleware', 'row']
    case 'answered':
      return ['middleware', event.lost ? 'network' : 'browser']
    default:
      return null
  }
}

function toneOf(event: LabEvent, by: string): Move['tone'] {
  if (event.kind === 'answered' && event.outcome === 'signed out') return 'bad'
  if (event.kind === 'refreshed' && 'refused' in event.answer) return 'bad'
  if (by === 'thief') return 'thief'
  return event.kind === 'answered' && event.outcome === 'served' ? 'good' : 'plain'
}
