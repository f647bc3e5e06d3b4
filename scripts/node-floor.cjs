'use strict'

// Preloaded (`node --require`) by the commands of package.json that a new clone begins with, so that an old Node is stopped before it
// parses, installs or writes anything. CommonJS without newer syntax: each Node since 6 reads this file (ES2015).

/** What keeps this version of Node (`18.20.8`) from running what needs a `range` such as `>=20.9`: a sentence, or null. */
exports.complaint = (version, range) => {
  const floor = range.replace('>=', '')
  if (!isOlder(numbers(version), numbers(floor))) return null
  return `Rekindle needs Node ${floor} or newer, and this is Node ${version}`
}

const numbers = (version) => version.split('.').map(Number)

/** True if the first part that differs is smaller. A part that the floor leaves out may be anything. */
const isOlder = (version, floor) => {
  const first = floor.findIndex((part, n) => part !== version[n])
  return first !== -1 && version[first] < floor[first]
}

const found = exports.complaint(process.versions.node, require('../package.json').engines.node)
if (found !== null) {
  console.error(found)
  process.exit(1)
}
