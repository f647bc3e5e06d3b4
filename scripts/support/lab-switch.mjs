import { listenHostname } from './listen-hostname.mjs'

const LOOPBACK = ['127.0.0.1', '::1']

/** The value of LAB with which `npm run up` serves: what is set, or else 1 if only this machine can reach the server. */
export function labSwitch(env) {
  return env.LAB || (LOOPBACK.includes(listenHostname(env) ?? '') ? '1' : '0')
}
