import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { endProcesses, processesIn } from './folder-processes.mjs'

let folder: string
const started: ChildProcess[] = []
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'rekindle-processes-')))
})
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

it('ends a group that ends when it is asked, and kills nothing', async () => {
  const group = await start('setInterval(() => {}, 1000)')
  expect(processesIn(folder).map(({ pid }) => pid)).toEqual([group])
  expect(await endProcesses(group, folder)).toEqual([])
  expect(processesIn(folder)).toEqual([])
})

it('kills what does not listen, and what has left the group', async () => {
  const deaf = await start('process.on("SIGINT", () => {}); setInterval(() => {}, 1000)')
  const apart = await start('setInterval(() => {}, 2000)')
  const killed = await endProcesses(deaf, folder, 100)
  expect(killed.sort()).toEqual([
    expect.stringContaining('process.on'),
    expect.stringContaining('2000'),
  ])
  expect(processesIn(folder).map(({ pid }) => pid)).not.toContain(apart)
})

it('leaves alone what works elsewhere', async () => {
  const [one, other] = [join(folder, 'one'), join(folder, 'other')]
  const group = await start('setInterval(() => {}, 1000)', one)
  const elsewhere = await start('setInterval(() => {}, 1000)', other)
  await endProcesses(group, one)
  expect(processesIn(folder).map(({ pid }) => pid)).toEqual([elsewhere])
})

/** Starts a program that works in this folder, in a group of its own. Returns its number once it runs. */
async function start(source: string, cwd = folder): Promise<number> {
  mkdirSync(cwd, { recursive: true })
  const child = spawn(process.execPath, ['-e', `${source}; console.log('runs')`], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  started.push(child)
  await once(child.stdout, 'data')
  if (child.pid === undefined) throw new Error('It did not start')
  return child.pid
}
