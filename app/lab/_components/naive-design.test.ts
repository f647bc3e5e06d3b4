import { describe, expect, it } from 'vitest'
import type { LabEvent } from '@/server/lab/event'
import { simulateNaive } from './naive-design'

let clock = 0
const at = () => ({ ms: ++clock })
const jar = (access: boolean) => ({ access, refresh: null, challenge: false })
const sent = (request: number, by: string, access: boolean, path = '/dashboard'): LabEvent => ({
  ...{ kind: 'sent', request, by, path, tab: 1, method: 'GET', jar: jar(access), again: false },
  ...at(),
})
const answered = (request: number, lost = false): LabEvent => ({
  ...{ kind: 'answered', request, status: 200, sets: [], to: null, lost, outcome: 'served' },
  jar: jar(!lost),
  ...at(),
})
const signIn = (by: string) => [sent(1, by, false, '/api/auth/login'), answered(1)]

describe('single-use refresh tokens', () => {
  it('serve a person whose every answer arrives', () => {
    const rounds = [2, 3, 4].flatMap((n) => [sent(n, 'browser', false), answered(n)])
    const state = simulateNaive([...signIn('browser'), ...rounds])
    expect(state.signedOut).toEqual([])
    expect(state.lines).toHaveLength(3)
  })

  it('sign a person out whose requests race', () => {
    const race = [sent(2, 'browser', false), sent(3, 'browser', false), answered(2), answered(3)]
    expect(simulateNaive([...signIn('browser'), ...race]).signedOut).toEqual(['browser'])
  })

  it('sign a person out whose answer was lost', () => {
    const loss = [sent(2, 'browser', false), answered(2, true), sent(3, 'browser', false)]
    expect(simulateNaive([...signIn('browser'), ...loss]).signedOut).toEqual(['browser'])
  })

  it('sign a person out who comes after a thief, and the thief as well', () => {
    const copied: LabEvent = { kind: 'copied', by: 'thief', from: 'owner', ...at() }
    const theft = [sent(2, 'thief', false), answered(2), sent(3, 'owner', false)]
    const state = simulateNaive([...signIn('owner'), copied, ...theft, sent(4, 'thief', false)])
    expect(state.signedOut).toEqual(['owner'])
    expect(state.lines.at(-1)?.text).toContain('The thief is signed out')
  })

  it('serve an access token of a session that was ended', () => {
    const end = sent(3, 'phone', true, '/api/sessions/…')
    const events = [...signIn('laptop'), ...signIn('phone'), end, sent(4, 'laptop', true)]
    const state = simulateNaive(events)
    expect(state.signedOut).toEqual([])
    expect(state.lines.at(-1)?.isBad).toBe(true)
  })
})
