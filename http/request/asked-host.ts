/** Names the host that a client asked at. The server's front sets it on a request, or deletes what the client sent. */
export const ASKED_HOST_HEADER = 'x-asked-host'

type Header = string | readonly string[] | undefined

/** What a proxy adds: where one of these comes from nobody that is trusted, `Host` may be what that proxy made of it. */
const SIGNS_OF_A_PROXY = [
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
 * The host that a client asked at, in lower case, or null where that cannot be known. Without a proxy it is `Host`
 * (RFC 9110 §7.2). Proxies may write that anew, so behind trusted ones it is what they say in `X-Forwarded-Host`, if they do.
 */
export function askedHost(
  headers: Readonly<Record<string, Header>>,
  trustedHops: number,
): string | null {
  if (trustedHops === 0) {
    const isForwarded = SIGNS_OF_A_PROXY.some((name) => headers[name] !== undefined)
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
