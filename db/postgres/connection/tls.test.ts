import { execFileSync } from 'node:child_process'
import { chownSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '@/db/open'
import { LONG_TIMEOUTS } from '@/testing/database/samples'
import { operate } from '@/testing/database/temporary-postgres'
import { startCluster } from '@/testing/postgres/cluster'

it('asks for TLS, and for whose it is, as the URL says', async () => {
  const cluster = await startCluster()
  const file = (name: string) => join(cluster.dataDirectory, name)
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost'],
      ...['-keyout', file('server.key'), '-out', file('server.crt')],
    ],
    { stdio: 'ignore' },
  )
  const { uid, gid } = statSync(cluster.dataDirectory)
  for (const name of ['server.key', 'server.crt']) chownSync(file(name), uid, gid)
  await operate(cluster.url('postgres'), 'ALTER SYSTEM SET ssl = on')
  await cluster.stop()
  await cluster.start()

  const plain = await cluster.createDatabase()
  const url = (query: string) =>
    plain.replace('127.0.0.1', 'localhost').replace(/\?.*/, `?${query}`)
  const encrypted = async (query: string) => {
    // What is not trusted now will not be later: a start that asked again would go on for ever.
    await (await openDatabase(url(query), { ...LONG_TIMEOUTS, openTimeoutMs: 2e9 })).close()
    const { rows } = await operate(
      url(query),
      'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    )
    return rows[0].ssl
  }
  expect(await encrypted('sslmode=disable')).toBe(false)
  expect(await encrypted('sslmode=no-verify')).toBe(true)
  expect(await encrypted(`sslmode=verify-full&sslrootcert=${file('server.crt')}`)).toBe(true)
  await expect(encrypted('sslmode=verify-full')).rejects.toThrow(/^DATABASE_URL: .*self.signed/)
  await cluster.dispose()
})
