import { openConcurrentUsers } from '@/e2e/load/concurrent-users'
import { expectNobodyLost, test, VISITS } from '@/e2e/load/fixtures'
import type { AppProcess } from '@/e2e/support/server/process'

test('kill -9 of each of three machines in the middle of a storm: the others serve, and nobody is signed out', async ({
  fleet,
}) => {
  const server = await fleet()
  const users = await openConcurrentUsers(server, { visitors: 60, everyMs: 60 })
  await users.untilServed(VISITS)
  // Each in turn, until enough responses were cut off that some of them carried a new refresh token.
  const cutOff = async () => (await server.nginx.complaints()).match(/while reading/g)?.length ?? 0
  for (let turn = 0; turn < server.machines.length || (await cutOff()) < 50; turn++) {
    const victim = server.machines[turn % server.machines.length] as AppProcess
    await victim.kill()
    await users.untilServed(VISITS)
    await victim.start()
    await users.untilServed(VISITS)
  }
  await expectNobodyLost('kill -9 of each of three machines', server, users)
})

test('Secrets changed during traffic, one machine after the other, end nobody’s session', async ({
  fleet,
}) => {
  const secret = (letter: string) => `${letter}-secret-of-more-than-32-characters`
  const variables = (access: string, refresh: string) => ({
    ACCESS_TOKEN_SECRET: access,
    REFRESH_TOKEN_SECRET: refresh,
  })
  const [oldAccess, newAccess, oldRefresh, newRefresh] = ['a', 'b', 'c', 'd'].map(secret)
  const server = await fleet({ env: variables(`${oldAccess}`, `${oldRefresh}`) })
  const users = await openConcurrentUsers(server)
  await users.untilServed(VISITS)
  const roll = async (changed: Record<string, string>) => {
    const ports = server.machines.map(({ port }) => port)
    for (const machine of server.machines) {
      await server.nginx.balance(ports.filter((port) => port !== machine.port))
      await machine.terminate()
      await machine.start(changed)
      await server.nginx.balance(ports)
      await users.untilServed(VISITS / 6)
    }
  }
  // First all machines verify with the new secret, then all sign with it, so that every machine knows every token's key.
  await roll(variables(`${oldAccess},${newAccess}`, `${oldRefresh},${newRefresh}`))
  await roll(variables(`${newAccess},${oldAccess}`, `${newRefresh},${oldRefresh}`))
  await users.untilAllRotated()
  await roll(variables(`${newAccess}`, `${newRefresh}`))
  await users.untilServed(VISITS)
  await expectNobodyLost('secrets changed on three machines', server, users)
})

test('A deploy in the middle of a storm, old and new side by side, then the old gone: nobody is signed out', async ({
  fleet,
}) => {
  const server = await fleet()
  const users = await openConcurrentUsers(server)
  await users.untilServed(VISITS)
  const old = [...server.machines]
  const next = await server.more(3, { NODE_OPTIONS: '--max-old-space-size=512' })
  await Promise.all(next.map((machine) => machine.start()))
  const portsOf = (machines: readonly AppProcess[]) => machines.map(({ port }) => port)
  await server.nginx.balance(portsOf([...old, ...next]))
  await users.untilServed(VISITS)
  await server.nginx.balance(portsOf(next))
  await Promise.all(old.map((machine) => machine.terminate()))
  await users.untilServed(VISITS)
  await expectNobodyLost('a deploy, old and new side by side', server, users)
})
