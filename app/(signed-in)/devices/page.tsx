import type { Metadata } from 'next'
import { listDevices } from '@/server/auth/account/device-list'
import { requireSession } from '@/server/auth/session/dal'
import { services } from '@/server/composition'
import { RenderedFor } from '../../_components/rendered-for'
import { SecurityAlert } from '../_components/security-alert'
import { DeviceRow } from './_components/device-row'
import { EndSessions } from './_components/end-sessions'

export const metadata: Metadata = { title: 'Devices' }

export default async function DevicesPage() {
  const session = await requireSession('/devices')
  const { userId } = session
  const devices = await listDevices(session)
  const now = (await services()).clock()
  const here = devices.filter(({ isCurrent }) => isCurrent)
  const others = devices.filter(({ isCurrent }) => !isCurrent)
  return (
    <>
      <RenderedFor session={session} />
      <SecurityAlert session={session} />
      <header className="max-w-2xl space-y-2">
        <h1 className="title">Devices</h1>
        <p className="text-muted">
          Everywhere you are signed in. If you do not recognise a device, say so: we sign it out
          {session.hasPassword ? ', and you choose a new password.' : '.'}
        </p>
      </header>
      <section aria-labelledby="here" className="space-y-3">
        <h2 id="here" className="heading">
          This device
        </h2>
        <ul>
          {here.map((device) => (
            <DeviceRow key={device.sessionId} owner={session} device={device} now={now} />
          ))}
        </ul>
      </section>
      <section aria-labelledby="elsewhere" className="space-y-3">
        <h2 id="elsewhere" className="heading">
          Other devices
        </h2>
        <EndSessions
          userId={userId}
          userName={session.userName}
          titles={Object.fromEntries(others.map((device) => [device.sessionId, device.title]))}
        >
          {others.map((device) => (
            <DeviceRow key={device.sessionId} owner={session} device={device} now={now} />
          ))}
        </EndSessions>
      </section>
    </>
  )
}
