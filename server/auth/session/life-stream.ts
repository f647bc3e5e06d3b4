import 'server-only'
import { services } from '@/server/composition'
import { openEventStream } from '@/server/http/event-stream'
import { tooManyRequests, unavailable } from '@/server/http/http-error'
import { isStopping } from '@/server/process/shutdown'
import { SessionError } from '@/session/errors'
import type { SessionState } from '@/session/session'
import type { CurrentSession } from './dal'
import { describeLife, endOf } from './life'
import { createWatch, type Watch } from './life-watch'

/** How long a stream may last. The client then opens another, with the access token that it has by then. */
const STREAM_MS = 60 * 60_000
/** After how long without a message a stream shows that it is alive. */
const HEARTBEAT_MS = 15_000
/** After how long a client connects again whose stream was cut. */
const RECONNECT_MS = 2000
/** After how long a client may try again that found too many streams. */
const RETRY_AFTER_SECONDS = 30

const slot = globalThis as { rekindleWatch?: Promise<Watch> }

/** The one watch of this process: Next.js loads this module once per bundle. */
function openWatch(): Promise<Watch> {
  slot.rekindleWatch ??= services().then(({ database }) =>
    createWatch({ states: (ids) => database.sessions.states(ids), isStopping }),
  )
  return slot.rekindleWatch
}

/**
 * The life of this session as server-sent events: a message at once, and one after each change. The last one says why the session
 * ended. The stream reads the row, so a change that any machine makes is seen within a second.
 * @throws HttpError 429 if the session has too many streams; 503 if the process has, or is about to end. SessionError if the session
 *   is gone.
 */
export async function streamLife(session: CurrentSession, signal: AbortSignal): Promise<Response> {
  const { database, clock } = await services()
  const watch = await openWatch()
  const [first] = await database.sessions.states([session.sessionId])
  if (!first) throw new SessionError('session_unknown')

  const closesAt = performance.now() + STREAM_MS
  let spokeAt = performance.now()
  let latest: SessionState | null = first
  let isClosed = false
  let stop = () => {}
  const stream = openEventStream({ reconnectMs: RECONNECT_MS, signal }, () => {
    isClosed = true
    stop()
  })
  const tell = async () => {
    spokeAt = performance.now()
    const life = await describeLife(session, latest)
    stream.send(life)
    if (life.ended) stream.close()
  }
  // One after the other, so that no older state arrives after a newer one. What fails is told by the next change, or by polling.
  let telling = Promise.resolve()
  const tellNext = () => {
    telling = telling.then(tell).catch(stream.close)
  }
  const added = watch.add(session.sessionId, first, {
    changed(state) {
      latest = state
      tellNext()
    },
    ticked() {
      const now = performance.now()
      // An expiry changes no row.
      if (latest?.endedAt === null && endOf(latest, clock())) tellNext()
      if (now >= closesAt) stream.close()
      else if (now - spokeAt >= HEARTBEAT_MS) {
        spokeAt = now
        stream.beat()
      }
    },
    stopped: stream.close,
  })
  if (typeof added === 'string') stream.close()
  if (added === 'busy') throw tooManyRequests(RETRY_AFTER_SECONDS)
  if (added === 'full') throw unavailable(RETRY_AFTER_SECONDS)
  stop = added
  if (isClosed) stop()
  await tell()
  return stream.response
}
