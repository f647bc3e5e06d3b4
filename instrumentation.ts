/** Runs once when a server starts, before it answers. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { boot } = await import('./server/process/boot')
    await boot()
  }
}

/** What `scripts/serve.mjs` has done before Next.js listens. Ends the process, with a line that says why, where it cannot serve. */
export async function prepare(address: {
  port: number
  hostname?: string | undefined
}): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const boot = await import('./server/process/boot')
    await boot.prepare(address)
  }
}
