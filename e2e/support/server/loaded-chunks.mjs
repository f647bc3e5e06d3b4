import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

// Loaded with `--import`: reports over HTTP which files of the build that the process has loaded contain the text of the query.
const { cache } = createRequire(import.meta.url)
const server = createServer((request, response) => {
  const text = new URL(request.url, 'http://probe').searchParams.get('text')
  const chunks = Object.keys(cache).filter((file) => file.includes('/.next/server/'))
  const found = chunks.filter((file) => readFileSync(file, 'utf8').includes(text))
  response.end(JSON.stringify({ loaded: chunks.length, found }))
})
server.listen(0, '127.0.0.1', () => console.log(`probe at ${server.address().port};`))
server.unref()
