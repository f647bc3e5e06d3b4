import { parseTime, type Time } from './time'

/** A fault that a rule can carry from one process to another. */
export type RemoteFault =
  | { readonly kind: 'drop request' | 'drop response' }
  /** Holds the server's full response for so long. */
  | { readonly kind: 'delay response'; readonly ms: number }
  /** Answers in the server's place. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }

/** For whom, where and how often a fault happens. */
export interface FaultRule {
  readonly fault: RemoteFault
  /** The ids of the users for whose requests it happens, by the tokens that these carry. Empty: for every request. */
  readonly users: readonly string[]
  readonly method?: string
  /** The exact path without the query. */
  readonly path?: string
  /** A pattern of the path and the query, as the source of a regular expression. */
  readonly pattern?: string
  /** True if only pages count that the browser opens by an address, a link or a form. */
  readonly pagesOnly?: boolean
  /** How often it happens. Always, if it is not given. */
  readonly times?: number
  /** For how long it happens. */
  readonly forMs?: number
}

/** A rule that is in force. */
export interface PlacedFault {
  /** Takes the rule back. Returns how many requests it has met. Idempotent. */
  remove(): Promise<number>
}

/** Where faults happen: a proxy in this process, or one that runs on its own. */
export interface Faults {
  place(rule: FaultRule): Promise<PlacedFault>
}

/** The requests that a fault is for. */
export interface Where {
  /** An exact path without the query, or a pattern of path and query. The next page that the browser opens, if it is not given. */
  readonly path?: string | RegExp
  readonly method?: string
}

/** The part of a rule that says for which requests it is. */
export function ruleFor({ path, method }: Where): Partial<FaultRule> {
  return {
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? { pagesOnly: true } : {}),
    ...(typeof path === 'string' ? { path } : {}),
    ...(path instanceof RegExp ? { pattern: path.source } : {}),
  }
}

/** How often, or for how long. */
export type Extent = { readonly times: number } | { readonly for: Time }

/** The rule by which the refresh route answers 503. */
export function failedRefresh(extent: Extent): Omit<FaultRule, 'users'> {
  const limit = 'times' in extent ? { times: extent.times } : { forMs: parseTime(extent.for) }
  const fault = { kind: 'answer', status: 503, headers: { 'retry-after': '1' } } as const
  return { fault, method: 'POST', path: '/api/auth/refresh', ...limit }
}

export const CONTROL_PATH = '/__rekindle/faults'
/** A header that no form and no simple request of another site can send. */
export const CONTROL_HEADER = 'x-rekindle-testing'

/** The faults of a proxy that runs on its own at this origin. */
export function openFaults(origin: string): Faults {
  async function ask(method: string, path: string, body?: object): Promise<Response> {
    const answer = await fetch(`${origin}${CONTROL_PATH}${path}`, {
      method,
      headers: { 'content-type': 'application/json', [CONTROL_HEADER]: '1' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch((cause: unknown) => {
      throw new Error(`No proxy answers at ${origin}: start rekindle-testing-proxy`, { cause })
    })
    if (!answer.ok) throw new Error(`The proxy at ${origin} answered ${answer.status}`)
    return answer
  }
  return {
    async place(rule) {
      const { id } = (await (await ask('POST', '', rule)).json()) as { id: string }
      let removed: Promise<number> | undefined
      const remove = async () => {
        const { met } = (await (await ask('DELETE', `/${id}`)).json()) as { met: number }
        return met
      }
      return { remove: () => (removed ??= remove()) }
    },
  }
}
