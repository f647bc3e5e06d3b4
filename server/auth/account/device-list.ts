import 'server-only'
import { services } from '@/server/composition'
import type { EpochMs } from '@/session/time'
import type { CurrentSession } from '../session/live-session'
import { type DeviceName, deviceName } from './device-name'

/** One live session, as it is shown to its owner. */
export interface SignedInDevice {
  readonly sessionId: string
  readonly device: DeviceName
  /** The name that the user has given it, or null. */
  readonly givenName: string | null
  /** What to call it: the given name, or the device's label; with a number if another device is called the same. */
  readonly title: string
  readonly address: string
  readonly signedInAt: EpochMs
  readonly lastSeenAt: EpochMs
  /** When the session ends if it is not used until then. */
  readonly expiresAt: EpochMs
  readonly isCurrent: boolean
}

/** All live sessions of the user: the current one first, then the others by when they were last used. */
export async function listDevices(current: CurrentSession): Promise<SignedInDevice[]> {
  const { engine } = await services()
  const sessions = await engine.list(current.userId)
  const devices = sessions
    .map((session) => ({ session, device: deviceName(session.userAgent) }))
    .map(({ session, device }) => ({
      sessionId: session.id,
      device,
      givenName: session.deviceName,
      title: session.deviceName ?? device.label,
      address: session.address,
      signedInAt: session.createdAt,
      lastSeenAt: session.issuedAt,
      expiresAt: session.idleExpiresAt,
      isCurrent: session.id === current.sessionId,
    }))
    .sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent))
  return withNumbers(devices)
}

/** Names the device of a live session of the user; null takes its name away. False if the session has ended. */
export async function nameDevice(
  { userId }: Pick<CurrentSession, 'userId'>,
  sessionId: string,
  name: string | null,
): Promise<boolean> {
  const { database } = await services()
  return database.sessions.nameDevice(sessionId, userId, name)
}

/** Numbers the devices that are called the same by age, so that a device keeps its number while it is used. */
function withNumbers(devices: SignedInDevice[]): SignedInDevice[] {
  return devices.map((device) => {
    const same = devices
      .filter(({ title }) => title === device.title)
      .sort((a, b) => a.signedInAt - b.signedInAt || (a.sessionId < b.sessionId ? -1 : 1))
    if (same.length === 1) return device
    return { ...device, title: `${device.title} (${same.indexOf(device) + 1})` }
  })
}
