import { rmSync } from 'node:fs'
import { type BenchContext, createContext } from './context'
import { type PartName, readOptions } from './options'
import { machine, Report } from './report'
import { writeReport } from './report-files'

// Measures Rekindle beside others, and checks what is promised about its speed: npm run bench -- [part …] [--quick] [--soak]
// [--huge] [--keep-builds] [--publish]
type Part = (context: BenchContext) => Promise<void>
const PART: Record<PartName, () => Promise<Part>> = {
  speed: async () => (await import('./parts/speed')).measureSpeed,
  page: async () => (await import('./parts/page')).measurePages,
  refresh: async () => (await import('./parts/refresh')).measureRefreshes,
  storm: async () => (await import('./parts/storm')).measureStorm,
  'sign-in': async () => (await import('./parts/sign-in')).measureSignIn,
  growth: async () => (await import('./parts/growth')).measureGrowth,
  prune: async () => (await import('./parts/prune')).measurePrune,
  start: async () => (await import('./parts/start')).measureStart,
  profile: async () => (await import('./parts/profile')).measureProfiles,
  soak: async () => (await import('./parts/soak')).soak,
}

if (process.platform !== 'linux') {
  console.error('The benchmark reads /proc, which only Linux has.')
  process.exit(2)
}
const options = parse()
const report = new Report()
const context = createContext(options, report)
const about = { ...machine(), mode: options.quick ? 'quick: the numbers mean little' : 'full' }
for (const [name, value] of Object.entries(about)) console.log(`${name}: ${value}`)
try {
  for (const part of options.parts) {
    report.begin(part)
    await (await PART[part]())(context)
    // After each part, so that a run that is broken off leaves a report.
    console.log(`The report is ${writeReport(report, about, options.publish)}`)
  }
} finally {
  await context.dispose()
  rmSync(context.folder, { recursive: true, force: true })
}
const failed = report.checks.filter(({ holds }) => !holds)
console.log(failed.length === 0 ? 'Every bound holds.' : `${failed.length} bounds do not hold.`)
process.exit(failed.length === 0 ? 0 : 1)

function parse() {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    console.error((error as Error).message)
    return process.exit(2)
  }
}
