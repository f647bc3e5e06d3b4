import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  CONTROL_HEADER,
  CONTROL_PATH,
  type FaultRule,
  type Faults,
  type PlacedFault,
} from './faults'
import { readAll } from './proxy-forward'

/** Lets other processes place the proxy's faults: `POST` a rule, `DELETE` it by its id. */
export function createControl({ place }: Faults) {
  const placed = new Map<string, PlacedFault>()

  async function answerTo(incoming: IncomingMessage): Promise<[status: number, body: object]> {
    // Without the header, a page of any site that the browser shows could place faults.
    if (incoming.headers[CONTROL_HEADER] !== '1') return [403, { error: `needs ${CONTROL_HEADER}` }]
    if (incoming.method === 'POST') {
      const rule = JSON.parse((await readAll(incoming)).toString()) as FaultRule
      const id = crypto.randomUUID()
      placed.set(id, await place(rule))
      return [200, { id }]
    }
    const id = incoming.url?.slice(CONTROL_PATH.length + 1) ?? ''
    const fault = placed.get(id)
    if (incoming.method !== 'DELETE' || !fault) return [404, { error: 'no such fault' }]
    placed.delete(id)
    return [200, { met: await fault.remove() }]
  }

  return {
    owns: (url: string) => url.startsWith(CONTROL_PATH),
    async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
      const [status, body] = await answerTo(incoming).catch(
        () => [400, { error: 'the rule is not JSON' }] as const,
      )
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    },
  }
}
