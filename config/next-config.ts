import type { NextConfig } from 'next'
import { publicFiles } from './public-files'

/** Packages that are loaded from node_modules instead of being bundled. */
const EXTERNAL_PACKAGES = [
  'better-sqlite3',
  'pg',
  '@node-rs/argon2',
  'pino',
  'prom-client',
  // Next.js and this app must share one copy. The SDK is loaded only if traces are configured.
  '@opentelemetry/api',
  '@opentelemetry/context-async-hooks',
  '@opentelemetry/core',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/exporter-trace-otlp-proto',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-trace',
]

/**
 * Adds to a configuration of Next.js what sessions need of it. Everything else stays as it is given. `next.config.ts` calls it,
 * so it runs when a build or the development server starts, in the app's folder.
 */
export function withRekindle(config: NextConfig = {}): NextConfig {
  return {
    ...config,
    // Written into the bundles, because middleware cannot read files.
    env: { ...config.env, PUBLIC_FILES: JSON.stringify(publicFiles('public')) },
    // A challenge redirects a client-side navigation to its own URL. With this flag, the URL keeps its query and the
    // redirect takes one hop.
    skipProxyUrlNormalize: true,
    serverExternalPackages: [...(config.serverExternalPackages ?? []), ...EXTERNAL_PACKAGES],
    experimental: {
      ...config.experimental,
      // Next.js keeps a copy of each body for middleware, up to 10 MB by default. `server/intake/bounds.ts` bounds bodies before.
      proxyClientMaxBodySize: 64 * 1024,
    },
    outputFileTracingIncludes: withMigrations(config.outputFileTracingIncludes),
    // `server/intake/bounds.ts` answers 404 where Next.js would fetch and convert images.
    images: { ...config.images, unoptimized: true },
    headers: async () => [
      ...((await config.headers?.()) ?? []),
      { source: '/_next/:path*', headers: [{ key: 'X-Content-Type-Options', value: 'nosniff' }] },
    ],
  }
}

/** The migrations are read at run time, from where the rooms are kept (`db/migrations-folder.ts`). */
function withMigrations(given: Record<string, string[]> = {}): Record<string, string[]> {
  const everywhere = given['/**'] ?? []
  const migrations = ['./db/*/migrations/**', './{,src/}rekindle/db/*/migrations/**']
  return { ...given, '/**': [...everywhere, ...migrations] }
}
