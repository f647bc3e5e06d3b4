import type { LabEvent } from '@/server/lab/event'
import { type Wording, wordsOf } from './words'

/** Events of the same words, of requests that were under way together. A step is one line of text, and one movement of the picture. */
export interface Step {
  readonly key: string
  readonly events: readonly LabEvent[]
  readonly text: string
  /** When the first event happened, in milliseconds since the run began. */
  readonly ms: number
}

/** Events that say the same join one step if they are at most this far apart, in milliseconds. */
export const TOGETHER_MS = 400
/** How many of the latest steps an event may join. */
const OPEN_STEPS = 8

/** Groups the events of a run into steps, in the order of their first events. */
export function toSteps(events: readonly LabEvent[]): Step[] {
  const browsers = new Map<number, string>()
  /** When a request was sent, and when it was answered, as places in `events`. */
  const sentAt = new Map<number, number>()
  const answeredAt = new Map<number, number>()
  const areParallel = (one: number, other: number) =>
    (sentAt.get(one) ?? 0) < (answeredAt.get(other) ?? events.length)
  const steps: { wording: Wording; events: LabEvent[] }[] = []
  for (const [place, event] of events.entries()) {
    if (event.kind === 'sent') {
      browsers.set(event.request, event.by)
      sentAt.set(event.request, place)
    }
    const who = 'request' in event ? (browsers.get(event.request) ?? 'browser') : ''
    const wording = wordsOf(event, who)
    const open = steps
      .slice(-OPEN_STEPS)
      .find(
        (step) =>
          'request' in event &&
          step.wording.key === wording.key &&
          event.ms - (step.events[0]?.ms ?? 0) <= TOGETHER_MS &&
          step.events.every(
            (known) => !('request' in known) || areParallel(event.request, known.request),
          ),
      )
    if (event.kind === 'answered') answeredAt.set(event.request, place)
    if (open) open.events.push(event)
    else steps.push({ wording, events: [event] })
  }
  return steps.map(({ wording, events }) => {
    const text = events.length === 1 ? wording.one : wording.many(events.length)
    return {
      key: wording.key,
      events,
      text: text.charAt(0).toUpperCase() + text.slice(1),
      ms: events[0]?.ms ?? 0,
    }
  })
}
