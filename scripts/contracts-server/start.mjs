import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

// Serves the contracts without Next.js, from what build.mjs makes of serve.ts. Each of several processes begins here.
const program = resolve('.contracts/serve.mjs')
if (!existsSync(program)) {
  console.error(
    'Rekindle cannot start: there is no build of the contracts. Run `npm run build` first',
  )
  process.exit(1)
}
await import(program)
