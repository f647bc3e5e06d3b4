import { createServer } from 'node:http'
import { createRequire } from 'node:module'

// Loaded with `--import`: reports over HTTP which OpenTelemetry packages the process has loaded.
const { cache } = createRequire(import.meta.url)
const PACKAGE = /node_modules\/@opentelemetry\/([\w-]+)/
const server = createServer((_, response) => {
  const names = Object.keys(cache).flatMap((file) => PACKAGE.exec(file)?.[1] ?? [])
  response.end(JSON.stringify([...new Set(names)].sort()))
})
server.listen(0, '127.0.0.1', () => console.log(`probe at ${server.address().port};`))
server.unref()
