import { generate } from 'selfsigned'
import type { Certificate } from '@/testing/kit/proxy'

/** Makes a self-signed certificate for localhost, with an ECDSA P-256 key. Both are PEM. */
export async function makeCertificate(): Promise<Certificate> {
  const subject = [{ name: 'commonName', value: 'localhost' }]
  const options = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const
  const { private: key, cert } = await generate(subject, options)
  return { key, cert }
}
