import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import pg from 'pg'
import { expect, it } from 'vitest'
import { startCluster } from './cluster'

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(statement)
    return Object.values(rows[0] ?? {})[0]
  } finally {
    client.end().catch(() => {})
  }
}
const insert = 'INSERT INTO t DEFAULT VALUES'
const count = 'SELECT count(*)::int FROM t'

it('stops, is killed and freezes as a real server does, and keeps what it had committed', async () => {
  const cluster = await startCluster()
  const url = await cluster.createDatabase()
  await ask(url, 'CREATE TABLE t ()')
  await ask(url, insert)

  await cluster.stop()
  await expect(ask(url, count)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await cluster.start()
  expect(await ask(url, count)).toBe(1)

  await ask(url, insert)
  await cluster.kill9()
  await cluster.start()
  expect(cluster.log()).toContain('was not properly shut down')
  expect(await ask(url, count)).toBe(2)

  const client = new pg.Client(url)
  await client.connect()
  cluster.pause()
  const answer = client.query(count)
  // The wait is the point: a paused server is silent for as long as one listens.
  expect(await Promise.race([answer, new Promise((r) => setTimeout(r, 200, 'silence'))])).toBe(
    'silence',
  )
  cluster.resume()
  expect((await answer).rows).toEqual([{ count: 2 }])
  await client.end()
  await cluster.dispose()
})

it('makes a copy of its data, and a server on that copy takes its place', async () => {
  const cluster = await startCluster()
  const url = await cluster.createDatabase()
  await ask(url, 'CREATE TABLE t ()')
  await ask(url, insert)
  const from = await cluster.copy()
  await ask(url, insert)
  await cluster.kill9()
  const older = await startCluster({ from, port: cluster.port })
  expect(await ask(url, count)).toBe(1)
  await older.dispose()
  await cluster.dispose()
})

it('leaves nothing behind, though it is frozen when the process that started it is killed', async () => {
  const source = `
    import { startCluster } from ${JSON.stringify(new URL('./cluster.ts', import.meta.url).href)}
    const cluster = await startCluster()
    cluster.pause()
    console.log(cluster.dataDirectory)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', source])
  const [line] = await once(child.stdout, 'data')
  const dataDirectory = String(line).trim()
  expect(running()).toContain(dataDirectory)
  child.kill('SIGKILL')
  await expect.poll(() => existsSync(dirname(dataDirectory))).toBe(false)
  expect(running()).not.toContain(dataDirectory)
})

const running = () => execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
