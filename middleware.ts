export { middleware } from '@/edge/middleware'

// Next.js reads the matcher without running this file, so it must be written out here.
export const config = {
  matcher:
    '/((?!_next/static/|_next/image|api/auth/|api/cron/|api/health|api/metrics$|api/refresh/|api/testing/|oauth/|\\.well-known/|login$|refresh$|refresh_token$|protected$).*)',
}
