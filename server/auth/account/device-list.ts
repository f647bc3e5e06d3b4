import 'server-only'
import { services } from '@/server/composition'
import type { EpochMs } from '@/session/time'
import type { CurrentSession } from '../session/live-session'
import { type DeviceName, deviceName } from './device-name'

/** One live session, as it is shown to its owner. */
export interface SignedInDevice {
  readonly sessionId: string
  readonly device: DeviceName
  readonly address: string
  readonly signedInAt: EpochMs
  readonly lastSeenAt: EpochMs
  readonly isCurrent: boolean
}

/** All live sessions of the user: the current one first, then the others by when they were last used. */
export async function listDevices(current: CurrentSession): Promise<SignedInDevice[]> {
  const { engine } = await services()
  const sessions = await engine.list(current.userId)
  return sessions
    .map((session) => ({
      sessionId: session.id,
      device: deviceName(session.userAgent),
      address: session.address,
      signedInAt: session.createdAt,
      lastSeenAt: session.lastSeenAt,
      isCurrent: session.id === current.sessionId,
    }))
    .sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent))
}
