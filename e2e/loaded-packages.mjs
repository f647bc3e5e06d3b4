import { createServer } from 'node:http'
import { createRequire } from 'node:module'

// For `--import`: tells, over HTTP, which of OpenTelemetry's packages the process has loaded.
const { cache } = createRequire(import.meta.url)
const server = createServer((_, response) => {
  const names = Object.keys(cache).map((file) =>
    /node_modules\/@opentelemetry\/([\w-]+)/.exec(file),
  )
  response.end(
    JSON.stringify([...new Set(names.map((match) => match?.[1]))].filter(Boolean).sort()),
  )
})
server.listen(0, '127.0.0.1', () => console.log(`packages at ${server.address().port};`))
server.unref()
