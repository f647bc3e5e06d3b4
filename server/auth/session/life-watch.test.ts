import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SessionState } from '@/session/session'
import { createWatch, type Watcher } from './life-watch'

const EVERY_MS = 1000

function stateOf(id: string, fields: Partial<SessionState> = {}): SessionState {
  return {
    id,
    ...{ issuedAt: 1, idleExpiresAt: 2, expiresAt: 3, renewals: 0, latestEventId: 1 },
    ...{ endedAt: null, endedReason: null, userDisabled: false },
    ...fields,
  }
}

let rows: Map<string, SessionState>
let isStopping: boolean
const states = vi.fn(async (ids: readonly string[]) => ids.flatMap((id) => rows.get(id) ?? []))
const open = () => createWatch({ states, isStopping: () => isStopping, everyMs: EVERY_MS })
const watcher = () => ({ changed: vi.fn(), ticked: vi.fn(), stopped: vi.fn() }) satisfies Watcher
const tick = (times = 1) => vi.advanceTimersByTimeAsync(times * EVERY_MS)

beforeEach(() => {
  vi.useFakeTimers()
  rows = new Map(['a', 'b'].map((id) => [id, stateOf(id)]))
  isStopping = false
  states.mockClear()
})
afterEach(() => void vi.useRealTimers())

describe('a watch', () => {
  it('reads all watched sessions in one statement a tick, and nothing while nobody watches', async () => {
    const watch = open()
    await tick(3)
    expect(states).not.toHaveBeenCalled()
    const stops = ['a', 'a', 'b'].map((id) => watch.add(id, stateOf(id), watcher()))
    await tick(2)
    expect(states.mock.calls).toEqual([[['a', 'b']], [['a', 'b']]])
    for (const stop of stops) if (typeof stop === 'function') stop()
    expect(watch.size).toBe(0)
    await tick(3)
    expect(states).toHaveBeenCalledTimes(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('tells each change once, to those who watch that session alone', async () => {
    const watch = open()
    const [one, other, stranger] = [watcher(), watcher(), watcher()]
    watch.add('a', stateOf('a'), one)
    watch.add('a', stateOf('a', { renewals: 9 }), other)
    watch.add('b', stateOf('b'), stranger)
    await tick()
    expect(one.changed).not.toHaveBeenCalled()
    expect(other.changed.mock.calls).toEqual([[stateOf('a')]])
    rows.set('a', stateOf('a', { endedAt: 5, endedReason: 'reused' }))
    await tick(3)
    expect(one.changed.mock.calls).toEqual([[rows.get('a')]])
    rows.delete('a')
    await tick()
    expect(one.changed).toHaveBeenLastCalledWith(null)
    expect(stranger.changed).not.toHaveBeenCalled()
    expect(stranger.ticked).toHaveBeenCalledTimes(5)
  })

  it('survives an outage, waits for a slow database, and tells afterwards what happened', async () => {
    const watch = open()
    const one = watcher()
    watch.add('a', stateOf('a'), one)
    states.mockRejectedValueOnce(new Error('away'))
    await tick()
    let answer = (_: SessionState[]) => {}
    states.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
    await tick(5)
    expect(states).toHaveBeenCalledTimes(2)
    answer([stateOf('a', { renewals: 1 })])
    await tick()
    expect(one.changed.mock.calls[0]).toEqual([stateOf('a', { renewals: 1 })])
  })

  it('has room for four streams of a session, and for a thousand in all', () => {
    const watch = open()
    const add = (id: string) => watch.add(id, stateOf(id), watcher())
    const [first] = Array.from({ length: 4 }, () => add('a'))
    expect(add('a')).toBe('busy')
    if (typeof first !== 'function') throw new Error('There was room')
    first()
    first()
    expect(add('a')).toBeTypeOf('function')
    for (let n = 0; n < 996; n++) add(`session ${n}`)
    expect(watch.size).toBe(1000)
    expect(add('b')).toBe('full')
  })

  it('lets everybody go when the process ends, and takes nobody in', async () => {
    const watch = open()
    const one = watcher()
    watch.add('a', stateOf('a'), one)
    isStopping = true
    await tick()
    expect(one.stopped).toHaveBeenCalled()
    expect(states).not.toHaveBeenCalled()
    expect(watch.add('b', stateOf('b'), watcher())).toBe('full')
  })
})
