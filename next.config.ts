import type { NextConfig } from 'next'
import { publicFiles } from './scripts/public-files'

// biome-ignore lint/style/noProcessEnv: how it is packed, which no server reads
const isStandalone = process.env.BUILD_STANDALONE === '1'

// Nothing else that depends on the environment stands here: one build serves any.
const config: NextConfig = {
  // For an image: .next/standalone holds what a server needs, and nothing else.
  ...(isStandalone ? { output: 'standalone' } : {}),
  // Written into the bundles: middleware reads no disk. Read when the build, or the development server, starts.
  env: { PUBLIC_FILES: JSON.stringify(publicFiles('public')) },
  poweredByHeader: false,
  reactStrictMode: true,
  // A refresh on the way may send a client's own navigation back to itself: it keeps its query, and takes one hop.
  skipProxyUrlNormalize: true,
  // Not whatever folder above happens to hold a lock file.
  outputFileTracingRoot: process.cwd(),
  turbopack: { root: process.cwd() },
  serverExternalPackages: [
    'better-sqlite3',
    'pg',
    '@node-rs/argon2',
    'pino',
    'prom-client',
    // One copy for us and for Next.js; the SDK is loaded only where traces are configured.
    '@opentelemetry/api',
    '@opentelemetry/context-async-hooks',
    '@opentelemetry/core',
    '@opentelemetry/exporter-trace-otlp-http',
    '@opentelemetry/exporter-trace-otlp-proto',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace',
  ],
  // Nothing here uses the endpoint that fetches and converts images: it is off.
  images: { unoptimized: true },
  // Next.js keeps a copy of each body for middleware: 10 MB by default. Ours are bounded before (server/intake/bounds.ts).
  experimental: { proxyClientMaxBodySize: 64 * 1024 },
  outputFileTracingIncludes: { '/**': ['./db/*/migrations/**'] },
  headers: async () => [
    { source: '/_next/:path*', headers: [{ key: 'X-Content-Type-Options', value: 'nosniff' }] },
  ],
}

export default config
