import { createServer } from 'node:http'
import { signingKey } from './key.mjs'

// Stands in for the clouds of WorkOS and Auth0 as far as a page with a good token asks them: for public keys, and for the
// addresses of an issuer.
const { publicJwk } = await signingKey()
const origin = `http://127.0.0.1:${process.env.PORT}`
const discovery = {
  issuer: `${origin}/`,
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/oauth/token`,
  jwks_uri: `${origin}/.well-known/jwks.json`,
  end_session_endpoint: `${origin}/oidc/logout`,
}

createServer((request, response) => {
  const { pathname } = new URL(request.url, origin)
  const isKeys = pathname.startsWith('/sso/jwks/') || pathname === '/.well-known/jwks.json'
  const body = isKeys
    ? { keys: [publicJwk] }
    : pathname === '/.well-known/openid-configuration'
      ? discovery
      : pathname === '/ready'
        ? { ready: true }
        : null
  response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}).listen(Number(process.env.PORT), '127.0.0.1')
