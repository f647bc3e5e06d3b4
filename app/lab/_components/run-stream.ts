import type { LabEvent } from '@/server/lab/event'
import type { SceneId } from '@/server/lab/scene-list'

/** The server refused a run. */
export class RunRefused extends Error {
  constructor(
    readonly status: number,
    /** Seconds after which another try makes sense. */
    readonly retryAfterSeconds: number,
  ) {
    super(`The run was refused with ${status}`)
  }
}

/**
 * Starts a run and yields its events as they come. The run ends when `signal` aborts. It acts for a person of its own, so the
 * request does not name the person whom this page was rendered for.
 * @throws RunRefused if the server admits no run now.
 */
export async function* runScene(scene: SceneId, signal: AbortSignal): AsyncGenerator<LabEvent> {
  const response = await fetch('/api/lab/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scene }),
    signal,
  })
  if (!response.ok || !response.body) {
    throw new RunRefused(response.status, Number(response.headers.get('retry-after') ?? 10))
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const parts = (rest + value).split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) yield JSON.parse(part.replace(/^data: /, ''))
  }
}
