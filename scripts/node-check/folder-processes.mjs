import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** How long processes may take over ending in order: a database server is ended by its watchdog, a browser by its driver. */
const PATIENCE_MS = 20_000

const isLinux = existsSync('/proc/self/stat')

/**
 * Ends a group of processes and every process that works in `folder`, in whatever group: asks the group as Ctrl+C does, and
 * kills what is still there after a while. Returns the command lines of what had to be killed.
 */
export async function endProcesses(group, folder, patienceMs = PATIENCE_MS) {
  send(-group, 'SIGINT')
  const deadline = performance.now() + patienceMs
  while (processesIn(folder).length > 0 && performance.now() < deadline) await pause(100)
  const killed = processesIn(folder)
  send(-group, 'SIGKILL')
  for (const { pid } of killed) send(pid, 'SIGKILL')
  while (processesIn(folder).length > 0) await pause(20)
  return killed.map(({ command }) => command)
}

/** The processes whose program, working directory or command line is in this folder. */
export function processesIn(folder) {
  const table = isLinux ? linuxTable() : posixTable()
  return table.filter(({ pid, where }) => pid !== process.pid && where.includes(folder))
}

function linuxTable() {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map((pid) => {
    const read = (work) => ignoring(work) ?? ''
    const command = read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
    const links = ['exe', 'cwd'].map((name) => read(() => readlinkSync(`/proc/${pid}/${name}`)))
    return { pid: Number(pid), command, where: [command, ...links].join('\n') }
  })
}

function posixTable() {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n')
  return lines.map((line) => {
    const [, pid, command = ''] = /^\s*(\d+) (.*)$/.exec(line) ?? []
    return { pid: Number(pid), command, where: command }
  })
}

function send(pid, signal) {
  ignoring(() => process.kill(pid, signal))
}

function ignoring(work) {
  try {
    return work()
  } catch {
    return undefined
  }
}
