import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The file of each gate, and its line that names the gate. The matcher below that line is the same. */
const GATES = {
  edge: { file: 'middleware.ts', line: "export { middleware } from '@/edge/middleware'" },
  'in-process': { file: 'proxy.ts', line: "export { proxy } from '@/server/gate/proxy'" },
}

/** The gates that an app can have. */
export const GATE_NAMES = Object.keys(GATES)

/** The file of the app's gate: `middleware.ts` on the Edge, `proxy.ts` in the process of the server. */
export function gateFile(folder = '.') {
  return Object.values(GATES).find(({ file }) => existsSync(join(folder, file)))?.file ?? null
}

/**
 * Gives the app in `folder` the named gate: its file gets the other name, and the line that names the gate is exchanged. The
 * matcher stays as it is. Returns the name of the file, which is unchanged if it is that gate's already.
 * @throws Error if there is no such gate, or if the file calls its gate in another way than by that line.
 */
export function switchGate(name, folder = '.') {
  const to = GATES[name]
  if (!Object.hasOwn(GATES, name)) throw new Error(`The gate is one of: ${GATE_NAMES.join(', ')}`)
  const current = gateFile(folder)
  if (current === to.file) return to.file
  const from = Object.values(GATES).find(({ file }) => file === current)
  if (!from) throw new Error('There is neither middleware.ts nor proxy.ts')
  const text = readFileSync(join(folder, from.file), 'utf8')
  if (!text.includes(from.line)) {
    throw new Error(
      `${from.file} does not have the line\n  ${from.line}\nRename it to ${to.file}, let it call what this line exports, and name its own export \`${to.file.slice(0, -3)}\`:\n  ${to.line}`,
    )
  }
  writeFileSync(join(folder, to.file), text.replace(from.line, to.line))
  rmSync(join(folder, from.file))
  return to.file
}
