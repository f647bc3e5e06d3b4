import 'server-only'
import Bowser from 'bowser'
import { cache } from 'react'

/** A readable name for a user agent. */
export interface DeviceName {
  /** "Chrome on Linux", "Safari on iPhone", "curl". */
  readonly label: string
  readonly kind: 'computer' | 'phone' | 'tablet' | 'program'
}

const UNKNOWN_DEVICE: DeviceName = { label: 'Unknown device', kind: 'program' }
const MAX_LABEL = 48

/**
 * Names a device by its `User-Agent`. A client can send any `User-Agent`, so the name helps people to recognise their own
 * devices and must not decide anything. Cached per request, so a page parses the same user agent only once.
 */
export const deviceName = cache((userAgent: string): DeviceName => {
  if (userAgent.trim() === '') return UNKNOWN_DEVICE
  const { browser, os, platform } = Bowser.parse(userAgent)
  if (!browser.name) return program(userAgent)
  const system = platform.model ?? os.name
  const label = system ? `${browser.name} on ${system}` : browser.name
  return { label: label.slice(0, MAX_LABEL), kind: system ? kindOf(platform.type) : 'program' }
})

/** Names a client that is not a browser by its first product token (RFC 9110 §10.1.5). */
function program(userAgent: string): DeviceName {
  const product = /^[\w.-]+/.exec(userAgent.trim())?.[0]
  if (product === undefined || product === 'Mozilla') return UNKNOWN_DEVICE
  return { label: product.slice(0, MAX_LABEL), kind: 'program' }
}

function kindOf(platform: string | undefined): DeviceName['kind'] {
  if (platform === 'mobile') return 'phone'
  return platform === 'tablet' ? 'tablet' : 'computer'
}
