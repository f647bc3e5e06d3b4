import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runGroup } from './process-groups.mjs'

/**
 * Reads the blocks of a page that a machine follows, in their order. After its language, such a block says `run`, or names a file.
 * `step` is the heading above it.
 */
export function blocksOf(page) {
  let step = ''
  const blocks = []
  for (const [, heading, language, target, code] of page.matchAll(
    /^##+ ([^\n]+)$|^```(\w+)(?: ([^\n]+))?\n(.*?)^```$/gms,
  )) {
    if (heading) step = heading
    else if (target) blocks.push({ step, language, target, code })
  }
  return blocks
}

/**
 * Does what a block says, in the folder of an app: runs a command, writes a file, merges into a JSON file (RFC 7396), or adds
 * lines to `.env.local`.
 * @throws Error that names the block's step.
 */
export async function follow({ step, language, target, code }, app, env = {}) {
  try {
    if (target === 'run') {
      return await runGroup('bash', ['-euo', 'pipefail', '-c', code], { cwd: app, env })
    }
    const file = join(app, target)
    mkdirSync(dirname(file), { recursive: true })
    if (language === 'json') return writeJson(file, mergePatch(readJson(file), JSON.parse(code)))
    writeFileSync(file, code, { flag: target === '.env.local' ? 'a' : 'w' })
  } catch (cause) {
    throw new Error(`docs/adopting.md, "${step}", ${target}: ${cause.message}`, { cause })
  }
}

/** JSON as TypeScript writes it in `tsconfig.json`, without comments. */
const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})
const writeJson = (file, value) => writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)

function mergePatch(target, patch) {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch
  const merged = { ...target }
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = mergePatch(merged[name], value)
  }
  return merged
}
