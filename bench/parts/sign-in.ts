import { join } from 'node:path'
import { hashPassword, verifyPassword } from '@/server/auth/sign-in/passwords'
import type { BenchContext } from '../context'
import { rekindleEnvironment, servicesOn } from '../jars'
import { type LoadRequest, runLoad } from '../load'
import { startNext } from '../server'
import { spread } from '../statistics'

const PASSWORD = 'keep-me-signed-in'

/** A sign-in through the API, each of a user of its own, and how much of its CPU is argon2. */
export async function measureSignIn({
  options,
  report,
  folder,
  build,
}: BenchContext): Promise<void> {
  const [rounds, perRound] = options.quick ? [3, 50] : [9, 300]
  const env = {
    ...rekindleEnvironment(`file:${join(folder, 'sign-in.db')}`),
    SIGN_IN_LIMIT: '1000000/1s',
    ACCOUNT_SIGN_IN_LIMIT: '1000000/1s',
  }
  const server = await startNext(build('product'), env, { ready: '/api/health/ready' })
  try {
    const users = await addUsers(perRound, env)
    const next = (index: number): LoadRequest => ({
      method: 'POST',
      path: '/api/auth/login',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ username: users[index % users.length], password: PASSWORD }),
    })
    await runLoad(server.port, perRound, next)
    const [cpu, rates, hashes]: [number[], number[], number[]] = [[], [], []]
    const known = await hashPassword(PASSWORD)
    for (let round = 0; round < rounds; round++) {
      const before = server.cpuSeconds()
      rates.push((await runLoad(server.port, perRound, next)).requestsPerSecond)
      cpu.push(((server.cpuSeconds() - before) * 1000) / perRound)
      server.freeze()
      const own = process.cpuUsage()
      for (let n = 0; n < 50; n++) await verifyPassword(known, PASSWORD)
      const { user, system } = process.cpuUsage(own)
      hashes.push((user + system) / 1000 / 50)
      server.wake()
    }
    report.value('sign-in', 'speed', 'requests/s', spread(rates))
    report.value('sign-in', 'CPU a request', 'ms', spread(cpu))
    report.value('argon2, alone', 'CPU a password', 'ms', spread(hashes))
    const apart = cpu.map((value, round) => value - (hashes[round] ?? 0))
    report.value('sign-in, argon2 apart', 'CPU a request', 'ms', spread(apart))
  } finally {
    await server.stop()
  }
}

async function addUsers(count: number, env: Record<string, string>): Promise<string[]> {
  const { database } = await servicesOn(env)
  const passwordHash = await hashPassword(PASSWORD)
  const names = Array.from({ length: count }, (_, n) => `person-${n}`)
  for (const name of names) {
    const user = { id: crypto.randomUUID(), name, nameKey: name, passwordHash }
    await database.users.create({ ...user, createdAt: Date.now() })
  }
  await database.close()
  return names
}
