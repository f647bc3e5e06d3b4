import { spawn } from 'node:child_process'

const groups = new Map()

/**
 * Starts a command in a process group of its own, so that `endGroups` also ends what the command has started. The result has its
 * output, and `ended`, which resolves to its exit code or signal.
 */
export function startGroup(command, args, { cwd, env = {} }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part) => {
      output += part
    })
  }
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      groups.delete(child.pid)
      resolve(signal ?? code)
    })
  })
  groups.set(child.pid, ended)
  return { ended, lastLines: () => output.trim().split('\n').slice(-40).join('\n') }
}

/** Ends every group that still runs, and waits until it is gone. */
export async function endGroups() {
  await Promise.all(
    [...groups].map(([pid, ended]) => {
      process.kill(-pid, 'SIGKILL')
      return ended
    }),
  )
}

/**
 * Runs a command to its end.
 * @throws Error with the last lines of its output if it fails.
 */
export async function runGroup(command, args, options) {
  const { ended, lastLines } = startGroup(command, args, options)
  const end = await ended
  if (end !== 0) throw new Error(`it ended with ${end}\n${lastLines()}`)
}
