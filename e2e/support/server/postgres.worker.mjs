import { workerData } from 'node:worker_threads'
import pg from 'pg'

// Runs statements for sql.ts, whose thread blocks on each result. Each statement opens a connection, because the
// server may have been replaced since the last one.
const { url, port, signal } = workerData
const EIGHT_BYTES = 20
// Parses bigint as a number: milliseconds since 1970 are exact.
pg.types.setTypeParser(EIGHT_BYTES, Number)

async function ask({ statement, values }) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(statement, values)
    return { rows }
  } catch (error) {
    return { error: String(error) }
  } finally {
    await client.end().catch(() => {})
  }
}

port.on('message', async (asked) => {
  port.postMessage(await ask(asked))
  Atomics.store(signal, 0, 1)
  Atomics.notify(signal, 0)
})
