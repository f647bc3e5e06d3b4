import type { NextConfig } from 'next'
import { publicFiles } from './scripts/public-files'

// biome-ignore lint/style/noProcessEnv: it says how the build is packed; a running server does not read it
const isStandalone = process.env.BUILD_STANDALONE === '1'

// Nothing else here depends on the environment: one build serves every environment.
const config: NextConfig = {
  // For a container image: .next/standalone holds only what a server needs.
  ...(isStandalone ? { output: 'standalone' } : {}),
  // Written into the bundles when the build or the development server starts, because middleware cannot read files.
  env: { PUBLIC_FILES: JSON.stringify(publicFiles('public')) },
  poweredByHeader: false,
  reactStrictMode: true,
  // A challenge redirects a client-side navigation to its own URL. With this flag, the URL keeps its query and the
  // redirect takes one hop.
  skipProxyUrlNormalize: true,
  // Without this, Next.js takes a parent folder for the root if that folder holds a lock file.
  outputFileTracingRoot: process.cwd(),
  turbopack: { root: process.cwd() },
  serverExternalPackages: [
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
  ],
  // This app does not use the endpoint that fetches and converts images, so it is off.
  images: { unoptimized: true },
  // Next.js keeps a copy of each body for middleware, up to 10 MB by default. `server/intake/bounds.ts` bounds bodies before.
  experimental: { proxyClientMaxBodySize: 64 * 1024 },
  outputFileTracingIncludes: { '/**': ['./db/*/migrations/**'] },
  headers: async () => [
    { source: '/_next/:path*', headers: [{ key: 'X-Content-Type-Options', value: 'nosniff' }] },
  ],
}

export default config
