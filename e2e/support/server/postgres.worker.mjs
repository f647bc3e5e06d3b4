import { workerData } from 'node:worker_threads'
import pg from 'pg'

// Asks PostgreSQL for a thread that waits for each answer (sql.ts). A connection each: the server may be another by now.
const { url, port, signal } = workerData
const EIGHT_BYTES = 20
// Milliseconds since 1970 are exact as a number.
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
