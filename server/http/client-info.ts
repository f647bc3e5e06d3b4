import 'server-only'
import { isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { ClientInfo } from '@/session/session'

const UNKNOWN = 'unknown'
/** Some proxies write `1.2.3.4:5678` or `[2001:db8::1]:5678` (RFC 7239 §6). */
const PORT = /^(?:\[([0-9a-f:.]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/i
/** How many characters of a `User-Agent` are kept. */
export const MAX_AGENT = 512

/**
 * The address and user agent of a request. The address is read from `X-Forwarded-For`, which the request normalizer (or the
 * platform) has overwritten, so a client cannot forge it.
 */
export function clientOf(headers: Headers): ClientInfo {
  return parseClient({
    address: headers.get('x-forwarded-for') ?? '',
    userAgent: headers.get('user-agent') ?? '',
  })
}

/** A client as it is stored: the address in canonical form, or `unknown`; at most `MAX_AGENT` characters of the user agent. */
export function parseClient({ address, userAgent }: ClientInfo): ClientInfo {
  return { address: parseAddress(address) ?? UNKNOWN, userAgent: userAgent.slice(0, MAX_AGENT) }
}

/**
 * An IP address in canonical form, without its port; null if the text is not an address. An IPv4-mapped IPv6 address becomes
 * an IPv4 address (RFC 4291 §2.5.5.2).
 */
export function parseAddress(text: string): string | null {
  // Node accepts IPv4 in its canonical form alone, and costs a hundredth of the parser.
  if (isIPv4(text)) return text
  const address = text.trim().replace(PORT, '$1$2')
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : null
}

/** The unit that limits count by: an IPv4 address, or the /64 of an IPv6 address, which one subscriber commonly has. */
export function addressBlock(address: string): string {
  return ipaddr.IPv6.isValid(address) ? prefixOf(address, 64) : address
}

/**
 * The /48 of an IPv6 address, which is as much as one customer commonly gets (RFC 6177 §2); null for any other address.
 * A customer can send from each of its 65,536 /64s.
 */
export function addressNetwork(address: string): string | null {
  return ipaddr.IPv6.isValid(address) ? `${prefixOf(address, 48)}/48` : null
}

function prefixOf(address: string, bits: 48 | 64): string {
  const bytes = ipaddr.IPv6.parse(address).toByteArray()
  return ipaddr.fromByteArray(bytes.map((byte, at) => (at < bits / 8 ? byte : 0))).toString()
}
