const VERSION = /^v?(\d+(?:\.\d+){0,2})$/

/** The versions that a command line names, each once: `26`, `22.12` or `v24.1.0`. Throws an Error that says what is wrong with it. */
export function parseVersions(args) {
  if (args.length === 0) {
    throw new Error('Which Node? For example: npm run node:check -- 22 24 26')
  }
  const versions = args.map((arg) => {
    const version = VERSION.exec(arg)?.[1]
    if (version === undefined) {
      throw new Error(`${arg} is no version of Node: 26, 26.1 or 26.1.0 would be one`)
    }
    return version
  })
  return [...new Set(versions)]
}

/** The highest of some full versions, however they are sorted. */
export function highest(versions) {
  const parts = (version) => version.split('.').map(Number)
  return versions.toSorted((one, other) => {
    const [a, b] = [parts(one), parts(other)]
    const n = a.findIndex((part, i) => part !== b[i])
    return n === -1 ? 0 : b[n] - a[n]
  })[0]
}

/**
 * What is wrong with a record of `node-witness.cjs`: a sentence where a process ran on another version than `version`, or where
 * one of the `programs` did not run at all. Null if nothing is.
 */
export function complaintOfRecord(record, version, programs) {
  const lines = record.split('\n').filter((line) => line !== '')
  const foreign = lines.find((line) => !line.startsWith(`v${version} `))
  if (foreign !== undefined) return `A process ran on another Node than ${version}: ${foreign}`
  const absent = programs.find((program) => !lines.some((line) => line.includes(program)))
  return absent === undefined ? null : `No process of ${absent} was seen on Node ${version}`
}
