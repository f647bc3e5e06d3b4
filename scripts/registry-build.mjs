import { mkdirSync, writeFileSync } from 'node:fs'
import { inlinedItem, registry } from './adopting/registry.mjs'

// Writes registry.json, which names the files that an app takes, and .registry/rekindle.json, which holds them as well. The second
// one would double this repository, so git ignores it.
const write = (file, value) => writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)

write('registry.json', registry())
mkdirSync('.registry', { recursive: true })
write('.registry/rekindle.json', inlinedItem())
