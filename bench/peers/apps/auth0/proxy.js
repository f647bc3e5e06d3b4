import { auth0 } from './auth0'

export async function proxy(request) {
  return await auth0.middleware(request)
}

export const config = { matcher: ['/bench'] }
