import { generate } from 'selfsigned'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Makes a self-signed certificate for localhost, with an ECDSA P-256 key. Both are PEM. */
export async function makeCertificate(): Promise<Certificate> {
  const subject = [{ name: 'commonName', value: 'localhost' }]
  const options = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const
  const { private: key, cert } = await generate(subject, options)
  return { key, cert }
}
