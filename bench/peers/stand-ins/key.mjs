import { readFileSync, writeFileSync } from 'node:fs'
import { exportJWK, generateKeyPair, importJWK } from 'jose'

/** The key with which the stand-in of a cloud signs. It is made once, and kept in the file that the environment names. */
export async function signingKey() {
  const file = process.env.KEY_FILE
  let jwk
  try {
    jwk = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true })
    jwk = { ...(await exportJWK(privateKey)), kid: 'bench', alg: 'RS256', use: 'sig' }
    writeFileSync(file, JSON.stringify(jwk))
  }
  const { kty, n, e, kid, alg, use } = jwk
  return { jwk, kid, privateKey: await importJWK(jwk), publicJwk: { kty, n, e, kid, alg, use } }
}
