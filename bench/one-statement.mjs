import cluster from 'node:cluster'
import { createServer } from 'node:http'
import pg from 'pg'

// Serves each request with one statement on PostgreSQL and nothing else, by one process or by several on one port: the least that
// a server does that asks a database. Arguments: the port, and the number of processes. It reads DATABASE_URL.
const [port, processes] = process.argv.slice(2).map(Number)
if (processes > 1 && cluster.isPrimary) {
  for (let n = 0; n < processes; n++) cluster.fork()
} else {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })
  const statement = { name: 'one', text: 'SELECT $1::int AS one', values: [1] }
  createServer(async (request, response) => {
    request.resume()
    const { rows } = await pool.query(statement)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(rows))
  }).listen(port, '127.0.0.1')
}
