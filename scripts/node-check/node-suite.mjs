import { readFileSync } from 'node:fs'
import { ensureBrowser, installPackagedBrowser } from '../support/browser-install.mjs'
import { fail, install, run, step } from '../support/steps.mjs'
import { complaintOfRecord } from './node-versions.mjs'

// What `npm run node:check` does in a clean checkout, on the Node that it fetched: node scripts/node-check/node-suite.mjs <version>
const [version] = process.argv.slice(2)

/** What the product is about, and then what a new Node is likeliest to change under it. */
const CORE = [
  // One rotation however many ask, lost responses, theft, and an end that holds.
  ...['rotation', 'races', 'lost-response', 'theft', 'sign-out'],
  // Cookies that middleware puts into a request and its response, and bodies that pass it: Next.js over node:http and undici.
  ...['delivery', 'posts'],
  // What happens to a fetch whose answer is late, torn or missing.
  'outage',
  // How a server starts and drains: node:http decides what becomes of idle connections.
  ...['start', 'shutdown'],
  // Which context a callback runs in.
  'tracing',
  // The client in a browser over each contract, and in Node, which it must let end.
  ...['client-contracts', 'client-close'],
]

try {
  if (process.version !== `v${version}`) {
    throw new Error(`Node ${version} was to run this, and ${process.version} does`)
  }
  await witnessed(['npm', 'node-gyp'], () => Promise.all([install(), installPackagedBrowser()]))
  await witnessed(['next'], () => step('build', () => run('npm', ['run', 'build'])))
  // Each, even where another fails: a new Node is asked for all that it breaks.
  const failures = []
  for (const check of [units, browser]) {
    await check().catch((error) => failures.push(error.message))
  }
  if (failures.length > 0) throw new Error(failures.join('\n'))
} catch (error) {
  fail(error)
}

function units() {
  return witnessed(['vitest'], () =>
    step('unit and store suites', () => run('npx', ['vitest', 'run'])),
  )
}

async function browser() {
  await ensureBrowser()
  await witnessed(['playwright'], () => step('end to end, the core', () => playwright(CORE)))
}

/** Does `work`, and throws where a process of it ran on another version, or one of the `programs` was not among them. */
async function witnessed(programs, work) {
  const before = record().length
  await work()
  const added = record().slice(before)
  const complaint = complaintOfRecord(added, version, programs)
  if (complaint !== null) throw new Error(complaint)
  const count = added.split('\n').length - 1
  console.log(`=== ${programs.join(', ')}: ${count} processes and workers, each on Node ${version}`)
}

function record() {
  return readFileSync(process.env.NODE_CHECK_RECORD, 'utf8')
}

/** A server that a test starts gets no NODE_OPTIONS: it runs on `process.execPath` of a process that was witnessed. */
function playwright(specs) {
  const files = specs.map((name) => `/${name}.spec.ts`)
  return run('npx', ['playwright', 'test', '--project=machine', '--project=heavy', ...files])
}
