type Header = string | readonly string[] | undefined

/** Headers that a proxy adds. If an untrusted peer sends one, a proxy may have rewritten `Host`. */
const PROXY_HEADERS = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
]

/**
 * The host that the client requested, in lower case, or null if it cannot be known. Without a proxy it is `Host` (RFC 9110 §7.2).
 * A proxy may rewrite `Host`, so behind trusted proxies it is the `X-Forwarded-Host` that they set, if any.
 */
export function requestedHost(
  headers: Readonly<Record<string, Header>>,
  trustedHops: number,
): string | null {
  if (trustedHops === 0) {
    const isForwarded = PROXY_HEADERS.some((name) => headers[name] !== undefined)
    return isForwarded ? null : normalized(headers.host)
  }
  const forwarded = String(headers['x-forwarded-host'] ?? '').split(',')
  return normalized(forwarded.at(-trustedHops) ?? forwarded[0])
}

function normalized(host: Header): string | null {
  const text = String(host ?? '')
    .trim()
    .toLowerCase()
  return text === '' ? null : text
}
