import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readEdgeConfig } from '@/config/edge'
import type { EdgeContext } from './context'
import { callRefresh, type InternalRefresh, type Refresh, type RefreshAnswer } from './refresh'

const GRANT: RefreshAnswer = {
  status: 200,
  body: { token: 'new', expiresIn: 900 },
  setCookies: ['access_token=new; Path=/'],
  retryAfter: null,
}
const FAILURE: RefreshAnswer = { status: 503, body: null, setCookies: [], retryAfter: '7' }

const report = vi.fn()
const unhandled = vi.fn()
beforeEach(() => {
  report.mockReset()
  unhandled.mockReset()
  process.on('unhandledRejection', unhandled)
})
afterEach(() => void process.off('unhandledRejection', unhandled))

function call(refresh: Refresh, refreshTimeoutMs = 60_000) {
  const config = { ...readEdgeConfig({}), refreshTimeoutMs }
  const context = { config, refresh, reportUnansweredRefresh: report } as unknown as EdgeContext
  let waited = 0
  return callRefresh(context, {
    refreshTokens: ['the-token'],
    challenges: ['the-challenge'],
    accessOnly: true,
    client: { address: '192.0.2.1', userAgent: 'Browser/1' },
    received: { at: 1000, waitedMs: () => ++waited },
    hasFallback: false,
    requestId: 'the-request',
    traceParent: null,
  })
}

const UNAVAILABLE = (retryAfterSeconds: number) => ({
  outcome: { kind: 'unavailable', retryAfterSeconds },
  setCookies: [],
})

describe('a refresh on behalf of a request', () => {
  it('tells each try the headers, the client and how long the request has waited by then', async () => {
    const asked: InternalRefresh[] = []
    await call(async (request) => {
      asked.push(request)
      return FAILURE
    })
    const headers = {
      cookie: 'refresh_token=the-token; refresh_challenge=the-challenge',
      'x-refresh-mode': 'jar',
      'x-refresh-want': 'access',
      'x-request-id': 'the-request',
    }
    const client = { address: '192.0.2.1', userAgent: 'Browser/1' }
    const every = { headers, client, refreshTokens: ['the-token'] }
    expect(asked).toEqual([
      { ...every, waitedMs: 1, now: 1001 },
      { ...every, waitedMs: 2, now: 1002 },
    ])
  })

  it('is tried once more after an error or a failure, and granted if that one is', async () => {
    for (const fails of [() => Promise.reject(new Error('lost')), () => Promise.resolve(FAILURE)]) {
      const refresh = vi.fn<Refresh>().mockImplementationOnce(fails).mockResolvedValue(GRANT)
      expect(await call(refresh)).toEqual({
        outcome: { kind: 'granted' },
        setCookies: GRANT.setCookies,
      })
      expect(refresh).toHaveBeenCalledTimes(2)
    }
    expect(report).not.toHaveBeenCalled()
  })

  it('F10 is unavailable for as long as a failure says, and reported with its status', async () => {
    expect(await call(async () => FAILURE)).toEqual(UNAVAILABLE(7))
    expect(report.mock.calls).toEqual([
      [{ requestId: 'the-request', traceParent: null, status: 503 }],
    ])
  })

  it('F10 is unavailable once its time is over, whatever the work that was begun comes to, and is not tried again', async () => {
    for (const outcome of [GRANT, new Error('late')]) {
      let end = () => {}
      const work = new Promise<RefreshAnswer>((resolve, reject) => {
        end = () => (outcome instanceof Error ? reject(outcome) : resolve(outcome))
      })
      const refresh = vi.fn<Refresh>().mockReturnValue(work)
      expect(await call(refresh, 20)).toEqual(UNAVAILABLE(2))
      expect(refresh).toHaveBeenCalledTimes(1)
      end()
      await new Promise(setImmediate)
    }
    expect(report.mock.calls).toEqual(
      Array(2).fill([{ requestId: 'the-request', traceParent: null, status: null }]),
    )
    expect(unhandled).not.toHaveBeenCalled()
  })
})
