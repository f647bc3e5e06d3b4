import { expect, it } from 'vitest'
import type { LabEvent } from '@/server/lab/event'
import { TOGETHER_MS, toSteps } from './playback'

const sent = (request: number, ms: number): LabEvent => ({
  kind: 'sent',
  ...{ request, ms, by: 'browser', tab: request, method: 'GET', path: '/dashboard', again: false },
  jar: { access: false, refresh: { generation: 0, branch: 0 }, challenge: false },
})
const refreshing = (request: number, ms: number): LabEvent => ({ kind: 'refreshing', request, ms })

it('what many requests do together is one step, and says how many they are', () => {
  const steps = toSteps([sent(1, 0), refreshing(1, 5), sent(2, 6), refreshing(2, 9)])
  expect(steps.map(({ text }) => text)).toEqual([
    '2 requests: the browser asks for GET /dashboard with refresh token 0.0',
    '2 requests: the refresh route is asked',
  ])
  expect(steps.flatMap(({ events }) => events)).toHaveLength(4)
})

it('what happens later is another step', () => {
  const steps = toSteps([sent(1, 0), sent(2, TOGETHER_MS + 1)])
  expect(steps.map(({ text }) => text)).toEqual([
    'The browser asks for GET /dashboard with refresh token 0.0',
    'Tab 2 of the browser asks for GET /dashboard with refresh token 0.0',
  ])
})

it('steps that were made of fewer events only grow at the end', () => {
  const events = [sent(1, 0), refreshing(1, 5), sent(2, 1000), refreshing(2, 1005)]
  const all = toSteps(events).map(({ text }) => text)
  for (let count = 1; count < events.length; count++) {
    const some = toSteps(events.slice(0, count)).map(({ text }) => text)
    expect(all.slice(0, some.length)).toEqual(some)
  }
})

it('requests that were sent one after the other are never one step', () => {
  const answered: LabEvent = {
    ...{ kind: 'answered', request: 1, status: 200, sets: [], to: null, lost: false, ms: 2 },
    ...{ outcome: 'served', jar: { access: true, refresh: null, challenge: false } },
  }
  const events = [sent(1, 0), refreshing(1, 1), answered, sent(2, 3), refreshing(2, 4)]
  expect(toSteps(events)).toHaveLength(events.length)
})
