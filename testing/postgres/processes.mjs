import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** How long a server may take to shut down before it is killed. */
const SHUTDOWN_TIMEOUT_MS = 5000

const isLinux = existsSync('/proc/self/stat')

/** Each connection of PostgreSQL is a process in its own process group, so each is signalled separately. */
export function signalCluster(dataDirectory, signal) {
  for (const pid of processesOf(pidFile(dataDirectory).postmaster)) send(pid, signal)
}

export function signalPostmaster(dataDirectory, signal) {
  const { postmaster } = pidFile(dataDirectory)
  if (postmaster) send(postmaster, signal)
}

export async function killCluster(dataDirectory) {
  const processes = processesOf(pidFile(dataDirectory).postmaster)
  for (const pid of processes) send(pid, 'SIGKILL')
  await areGone(processes)
}

export async function endCluster(dataDirectory) {
  const { postmaster, sharedMemory } = pidFile(dataDirectory)
  const processes = processesOf(postmaster)
  // A stopped process handles no other signal until it continues.
  for (const pid of processes) send(pid, 'SIGCONT')
  if (postmaster) send(postmaster, 'SIGQUIT')
  if (!(await areGone(processes))) await killCluster(dataDirectory)
  // A server that was killed has not freed its shared memory.
  if (sharedMemory) ignoring(() => execFileSync('ipcrm', ['-m', sharedMemory], { stdio: 'ignore' }))
}

function processesOf(postmaster) {
  return postmaster ? [postmaster, ...childrenOf(postmaster)] : []
}

async function areGone(processes) {
  const deadline = performance.now() + SHUTDOWN_TIMEOUT_MS
  while (processes.some(isAlive)) {
    if (performance.now() > deadline) return false
    await pause(5)
  }
  return true
}

/** A zombie, which has ended but was not waited for, is still listed and does not count. */
function isAlive(pid) {
  if (!isLinux) return send(pid, 0)
  return !/^[ZX]?$/.test(statOf(pid)[0] ?? '')
}

/** Reads postmaster.pid: line 1 is the postmaster's process id, line 7 the key and id of its shared memory. */
function pidFile(dataDirectory) {
  const lines = ignoring(() => readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8')) ?? ''
  const [pid, , , , , , memory = ''] = lines.split('\n')
  // The file of a killed server remains, and another process may have its id by now.
  const postmaster = commandOf(Number(pid)).includes(dataDirectory) ? Number(pid) : null
  return { postmaster, sharedMemory: memory.trim().split(/\s+/)[1] }
}

function commandOf(pid) {
  const file = `/proc/${pid}/cmdline`
  const ps = () => execFileSync('ps', ['-p', pid, '-o', 'args='], { encoding: 'utf8' })
  return ignoring(isLinux ? () => readFileSync(file, 'utf8') : ps) ?? ''
}

function childrenOf(parent) {
  const table = isLinux ? linuxTable() : posixTable()
  return table.flatMap(([pid, parentOfPid]) => (parentOfPid === parent ? [pid] : []))
}

function linuxTable() {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map((pid) => [Number(pid), Number(statOf(pid)[1])])
}

/** The fields of /proc/<pid>/stat from the third on: the state, the parent's id, and more. */
function statOf(pid) {
  const stat = ignoring(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? ''
  // The process name in parentheses may contain spaces and parentheses.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function posixTable() {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n')
  return lines.map((line) => line.trim().split(/\s+/).map(Number))
}

function send(pid, signal) {
  return ignoring(() => process.kill(pid, signal)) ?? false
}

function ignoring(work) {
  try {
    return work()
  } catch {
    return undefined
  }
}
