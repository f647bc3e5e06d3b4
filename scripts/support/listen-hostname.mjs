import { hostname as machineName } from 'node:os'

/**
 * The hostname to listen at if no option names one: HOSTNAME, unless it is the machine's own name, to which many systems set it;
 * loopback, if the app is served to this machine alone; else undefined, which means every address.
 */
export function listenHostname({ HOSTNAME, APP_ORIGIN }) {
  if (HOSTNAME && HOSTNAME !== machineName()) return HOSTNAME
  const origin = APP_ORIGIN || 'http://localhost'
  const host = URL.canParse(origin) ? new URL(origin).hostname : ''
  if (host === '[::1]') return '::1'
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3})$/.test(host) ? '127.0.0.1' : undefined
}
