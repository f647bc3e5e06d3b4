import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// Builds a folder as a package of ES modules and their types. Files stay separate, so that a bundler takes only what is used.
const folder = fileURLToPath(new URL(`../${process.argv[2]}/`, import.meta.url))
const dist = `${folder}dist/`
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))

rmSync(dist, { recursive: true, force: true })
execFileSync(process.execPath, [compiler, '-p', folder], { stdio: 'inherit' })
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const path = `${entry.parentPath}/${entry.name}`
  // Node does not resolve an import without its extension.
  const text = readFileSync(path, 'utf8').replace(/( from '\.[^']*| from "\.[^"]*)/g, '$1.js')
  writeFileSync(path, text)
}
