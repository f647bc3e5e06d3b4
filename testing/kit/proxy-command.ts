#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { openProxy } from './proxy'

// Runs the proxy on its own, for workers that share one app: rekindle-testing-proxy --to http://localhost:3000 --port 3999

const { values } = parseArgs({ options: { to: { type: 'string' }, port: { type: 'string' } } })
const { to = '', port = '' } = values
if (!URL.canParse(to) || !/^\d{1,5}$/.test(port)) {
  console.error('Usage: rekindle-testing-proxy --to http://localhost:3000 --port 3999')
  process.exit(2)
}
const proxy = await openProxy(to, { port: Number(port), records: false })
console.log(`${proxy.origin} → ${to}`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void proxy.close())
