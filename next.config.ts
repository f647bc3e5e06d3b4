import { withRekindle } from './config/next-config'

// biome-ignore lint/style/noProcessEnv: it says how the build is packed; a running server does not read it
const isStandalone = process.env.BUILD_STANDALONE === '1'

// Nothing else here depends on the environment: one build serves every environment.
export default withRekindle({
  // For a container image: .next/standalone holds only what a server needs.
  ...(isStandalone ? { output: 'standalone' } : {}),
  poweredByHeader: false,
  reactStrictMode: true,
  // Without this, Next.js takes a parent folder for the root if that folder holds a lock file.
  outputFileTracingRoot: process.cwd(),
  turbopack: { root: process.cwd() },
})
