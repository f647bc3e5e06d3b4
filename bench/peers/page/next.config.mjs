import { join } from 'node:path'

// The packages lie two folders above each app.
const root = join(import.meta.dirname, '../..')

export default {
  poweredByHeader: false,
  reactStrictMode: true,
  outputFileTracingRoot: root,
  turbopack: { root },
  serverExternalPackages: ['better-sqlite3'],
}
