/** The token of an `Authorization: Bearer` header (RFC 6750 §2.1), or null if the header is absent or has another scheme. */
export function bearerToken(headers: { get(name: string): string | null }): string | null {
  const header = headers.get('authorization') ?? ''
  return /^Bearer /i.test(header) ? header.slice('Bearer '.length).trim() : null
}
