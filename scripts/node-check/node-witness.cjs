'use strict'

// Preloaded by NODE_OPTIONS into each Node process of `npm run node:check`, workers included: writes down which version it really
// runs on, and what it runs.
const { appendFileSync } = require('node:fs')

const [, program = '-'] = process.argv
appendFileSync(process.env.NODE_CHECK_RECORD, `${process.version} ${program}\n`)
