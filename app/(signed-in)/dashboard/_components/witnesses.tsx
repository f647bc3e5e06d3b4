import type { ReactNode } from 'react'
import type { CurrentSession } from '@/server/auth/session/dal'
import { ApiWitness } from './api-witness'
import { PingForm } from './ping-form'

/** The three places that read the session, side by side. After a renewal, all of them see the new token. */
export function Witnesses({ session }: { session: CurrentSession }) {
  const { userId, userName } = session
  return (
    <ol className="grid gap-6 md:grid-cols-3">
      <Witness title="This page" text="Rendered on the server, for this request.">
        <p className="text-sm">
          Rendered for{' '}
          <strong className="wrap-anywhere" data-testid="whoami-page">
            {userName}
          </strong>
        </p>
      </Witness>
      <Witness title="A server action" text="A form that runs a function on the server.">
        <PingForm userId={userId} />
      </Witness>
      <Witness title="A route handler" text="Asked by a script: GET /api/me.">
        <ApiWitness />
      </Witness>
    </ol>
  )
}

function Witness({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <li className="space-y-3 border-t-2 border-line pt-3">
      <div>
        <h3 className="font-semibold">{title}</h3>
        <p className="text-sm text-muted">{text}</p>
      </div>
      {children}
    </li>
  )
}
