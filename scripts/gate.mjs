import { switchGate } from './support/gate-file.mjs'
import { fail } from './support/steps.mjs'

// Says where the gate runs: npm run gate -- edge|in-process. docs/deploying.md says what each is for.
try {
  const file = switchGate(process.argv[2])
  console.log(`The gate is ${file}. It runs from the next build on: npm run build`)
} catch (error) {
  fail(error)
}
