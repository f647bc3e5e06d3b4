import 'server-only'
import { createMiddleware } from '@/edge/create-middleware'
import { nodeSigner } from '../keys/node-signer'
import { refreshInProcess } from './refresh-in-process'

/**
 * The gate for `proxy.ts`, which Next.js runs in the process of the server: it refreshes by a call of the engine. The same gate as
 * Edge middleware, which asks the refresh route over HTTP, is in `edge/middleware.ts`.
 */
export const proxy = createMiddleware({
  openRefresh: async () => refreshInProcess,
  signerOf: nodeSigner,
})
