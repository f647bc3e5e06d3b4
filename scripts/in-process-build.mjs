import { switchGate } from './support/gate-file.mjs'
import { fail, run } from './support/steps.mjs'
import { copyTree } from './support/tree-copy.mjs'

// Builds this tree with the gate in the process of the server, in .in-process, where the browser suite starts it. It is a copy,
// because an app has one gate, and so has a build.
const FOLDER = '.in-process'

try {
  copyTree(FOLDER)
  switchGate('in-process', FOLDER)
  process.chdir(FOLDER)
  await run(process.execPath, ['node_modules/next/dist/bin/next', 'build'])
} catch (error) {
  fail(error)
}
