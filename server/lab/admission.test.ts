import { expect, it } from 'vitest'
import {
  createAdmission,
  RUNS_AT_ONCE,
  RUNS_AT_ONCE_PER_ADDRESS,
  RUNS_PER_ADDRESS,
} from './admission'

const address = (n: number) => `192.0.2.${n}`

it('admits a few runs of an address at once, and the next when one has ended', async () => {
  const admit = createAdmission()
  const burst = Array.from({ length: 10 }, () => admit(address(1)))
  const results = await Promise.allSettled(burst)
  const admitted = results.filter(({ status }) => status === 'fulfilled')
  expect(admitted).toHaveLength(RUNS_AT_ONCE_PER_ADDRESS)
  await expect(admit(address(1))).rejects.toMatchObject({ status: 429 })
  const leave = await burst[0]
  leave?.()
  leave?.()
  await admit(address(1))
  await expect(admit(address(1))).rejects.toMatchObject({ status: 429 })
})

it('admits a few runs in all, and says when to try again', async () => {
  const admit = createAdmission()
  for (let n = 1; n <= RUNS_AT_ONCE; n++) await admit(address(n))
  await expect(admit(address(99))).rejects.toMatchObject({
    status: 503,
    headers: { 'Retry-After': '10' },
  })
})

it('admits so many runs of an address in ten minutes, and counts the /64 of an IPv6 address', async () => {
  const admit = createAdmission()
  const from = (n: number) => `2001:db8::${n.toString(16)}`
  for (let n = 1; n <= RUNS_PER_ADDRESS; n++) (await admit(from(n)))()
  await expect(admit(from(999))).rejects.toMatchObject({ status: 429 })
  // A refused run takes no place.
  ;(await admit('2001:db8:1::1'))()
})
