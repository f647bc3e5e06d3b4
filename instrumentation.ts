/**
 * Called by Next.js once when a server starts, before it answers a request. Its port is open by then; `prepare` runs before that.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { boot } = await import('@/server/process/boot')
    await prepare()
    await boot()
  }
}

/**
 * Called by `scripts/serve.mjs` before Next.js listens, but for `next dev`, and again by `register`, where it then does nothing. If the server cannot serve, it prints the reason in one line and exits
 * with 1.
 */
export async function prepare(address?: {
  port: number
  hostname?: string | undefined
}): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const boot = await import('@/server/process/boot')
    const { refreshAhead } = await import('@/server/intake/refresh-ahead')
    await boot.prepare(address, refreshAhead)
  }
}
