import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** How long a server may take over ending in order before it is killed. */
const PATIENCE_MS = 5000

const isLinux = existsSync('/proc/self/stat')

/** Each connection of PostgreSQL is a process that leads a session of its own: no signal to a group reaches them all. */
export function signalCluster(dataDirectory, signal) {
  const { postmaster } = pidFile(dataDirectory)
  if (!postmaster) return
  for (const pid of [postmaster, ...childrenOf(postmaster)]) send(pid, signal)
}

export function signalPostmaster(dataDirectory, signal) {
  const { postmaster } = pidFile(dataDirectory)
  if (postmaster) send(postmaster, signal)
}

export async function endCluster(dataDirectory) {
  const { postmaster, sharedMemory } = pidFile(dataDirectory)
  const processes = postmaster ? [postmaster, ...childrenOf(postmaster)] : []
  const areGone = async (withinMs) => {
    const deadline = performance.now() + withinMs
    while (processes.some((pid) => send(pid, 0))) {
      if (performance.now() > deadline) return false
      await pause(5)
    }
    return true
  }
  // One that is stopped cannot hear that it should end.
  for (const pid of processes) send(pid, 'SIGCONT')
  if (postmaster) send(postmaster, 'SIGQUIT')
  if (!(await areGone(PATIENCE_MS))) {
    for (const pid of processes) send(pid, 'SIGKILL')
    await areGone(PATIENCE_MS)
  }
  // What a server that was killed could not give back itself.
  if (sharedMemory) ignoring(() => execFileSync('ipcrm', ['-m', sharedMemory], { stdio: 'ignore' }))
}

/** Its first line is the postmaster's process, its seventh the key and the number of its shared memory. */
function pidFile(dataDirectory) {
  const lines = ignoring(() => readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8')) ?? ''
  const [pid, , , , , , memory = ''] = lines.split('\n')
  // The file of a server that was killed stays, and its number may be another's by now.
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
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      const stat = ignoring(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? ''
      // The name in parentheses may hold anything.
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return [Number(pid), Number(parent)]
    })
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
