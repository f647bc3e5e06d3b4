import type { JarView, LabEvent, RowView } from '@/server/lab/event'
import type { Position } from '@/session/session'

/** What an event says: `key` is equal for events that say the same of different requests. */
export interface Wording {
  readonly key: string
  readonly one: string
  /** The sentence for several such events. */
  many(count: number): string
}

/** The words of an event. `who` is the browser of its request. */
export function wordsOf(event: LabEvent, who: string): Wording {
  const [one, several] = sentences(event, who)
  const key = `${event.kind} ${several ?? one}`
  return { key, one, many: (count) => `${count} requests: ${several ?? one}` }
}

/** A position as `generation.branch`, such as `3.0`. */
export function positionText({ generation, branch }: Position): string {
  return `${generation}.${branch}`
}

/** The state of a row in words. */
export function rowText({ generation, branch, ended }: RowView): string {
  const state = ended === null ? 'live' : `ended (${ended.replaceAll('_', ' ')})`
  return `generation ${generation}, branch ${branch}, ${state}`
}

/** The sentence for one event, and one for several if it differs. */
function sentences(event: LabEvent, who: string): [one: string, several?: string] {
  switch (event.kind) {
    case 'begun':
      return [
        event.isRealTime
          ? `Access tokens live for ${event.accessTokenMs / 1000} s, grace is ${event.graceMs / 1000} s. The scene waits in real time.`
          : `Access tokens live for ${event.accessTokenMs / 1000} s, grace is ${event.graceMs / 1000} s. The scene does not wait: it sets the row back.`,
      ]
    case 'said':
      return [event.text]
    case 'waiting':
      return [`${event.text} (${(event.forMs / 1000).toFixed(1)} s)`]
    case 'aged':
      return [`${event.text}: the row was set back by ${durationText(event.byMs)}.`]
    case 'fault':
      return [`The ${event.at} is ${event.begins ? 'away' : 'back'}.`]
    case 'copied':
      return [`The ${event.by} copies the cookie jar of the ${event.from}.`]
    case 'sent': {
      const what = `${event.method} ${event.path} with ${jarText(event.jar)}`
      const verb = event.again ? 'comes back for' : 'asks for'
      return [`${tabText(event, who)} ${verb} ${what}`, `the ${who} ${verb} ${what}`]
    }
    case 'held':
      return [`The network holds the request of the ${who} back.`]
    case 'refreshing':
      return ['the refresh route is asked']
    case 'decided':
      return [
        `decision: ${event.decision}, for ${event.rule} (row ${event.row.generation}.${event.row.branch}, issued ${durationText(event.row.ageMs)} ago)`,
        `decision: ${event.decision}, for ${event.rule}`,
      ]
    case 'wrote':
      return [
        event.won
          ? `the row is written: ${rowText(event.row)}`
          : 'another request was faster: nothing is written, and it is decided again',
      ]
    case 'refreshed':
      if ('refused' in event.answer) {
        return [`the refresh route refuses: ${event.answer.refused.replaceAll('_', ' ')}`]
      }
      return [
        event.answer.position === null
          ? 'the refresh route grants an access token'
          : `the refresh route grants both tokens, at position ${positionText(event.answer.position)}`,
      ]
    case 'checked':
      return [
        event.row === null
          ? 'the data layer finds no row'
          : `the data layer reads the row: ${rowText(event.row)}`,
      ]
    case 'answered': {
      const sets = event.sets.filter((name) => name === 'access_token' || name === 'refresh_token')
      const cookies =
        sets.length === 0 ? '' : `, which sets ${sets.join(' and ').replaceAll('_', ' ')}`
      const to = event.to === null ? '' : ` to ${event.to}`
      const lost = event.lost ? '. The network loses it' : ''
      return [`the ${who} is answered ${event.status}${to}${cookies}${lost}`]
    }
    case 'verdict':
      return [
        event.verdict.holds
          ? `The database agrees: ${event.verdict.promise}`
          : `The database disagrees with: ${event.verdict.promise}`,
      ]
    case 'stopped':
      return [
        { time: 'The time was up.', shutdown: 'The server stops.', error: 'The scene failed.' }[
          event.why
        ],
      ]
  }
}

function tabText({ tab }: { tab: number }, who: string): string {
  return tab > 1 ? `tab ${tab} of the ${who}` : `the ${who}`
}

function jarText({ access, refresh, challenge }: JarView): string {
  const held = [
    access ? 'an access token' : null,
    refresh ? `refresh token ${positionText(refresh)}` : null,
    challenge ? 'a challenge' : null,
  ].filter((text) => text !== null)
  return held.length === 0 ? 'an empty jar' : held.join(', ')
}

/** A duration in words, such as `10.4 s` or `1 day`. */
export function durationText(ms: number): string {
  if (ms >= 86_400_000) return `${+(ms / 86_400_000).toFixed(1)} d`
  if (ms >= 3_600_000) return `${+(ms / 3_600_000).toFixed(1)} h`
  if (ms >= 120_000) return `${+(ms / 60_000).toFixed(1)} min`
  return `${(ms / 1000).toFixed(1)} s`
}
