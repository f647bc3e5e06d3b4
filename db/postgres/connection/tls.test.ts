import { chownSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '@/db/open'
import { makeCertificate } from '@/e2e/support/network/certificate'
import { LONG_TIMEOUTS } from '@/testing/database/samples'
import { operate } from '@/testing/database/temporary-postgres'
import { startCluster } from '@/testing/postgres/cluster'

it('uses TLS, and verifies the certificate, as the URL says', async () => {
  const cluster = await startCluster()
  const file = (name: string) => join(cluster.dataDirectory, name)
  const { key, cert } = await makeCertificate()
  // PostgreSQL refuses a key that others may read.
  writeFileSync(file('server.key'), key, { mode: 0o600 })
  writeFileSync(file('server.crt'), cert)
  const { uid, gid } = statSync(cluster.dataDirectory)
  for (const name of ['server.key', 'server.crt']) chownSync(file(name), uid, gid)
  await operate(cluster.url('postgres'), 'ALTER SYSTEM SET ssl = on')
  await cluster.stop()
  await cluster.start()

  const plain = await cluster.createDatabase()
  const url = (query: string) =>
    plain.replace('127.0.0.1', 'localhost').replace(/\?.*/, `?${query}`)
  const encrypted = async (query: string) => {
    // A certificate that is not trusted now is not trusted later either, so a start does not retry.
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
