import 'server-only'
import { unstable_rethrow } from 'next/navigation'
import { RENDERED_FOR_FIELD } from '@/contracts/rendered-for'
import { type HttpError, toHttpError } from '@/server/http/http-error'
import { type CurrentSession, requireSession } from './dal'
import { requireRenderedFor } from './rendered-for'

/** A server action in the form that React's `useActionState` takes. */
export type FormAction<Outcome> = (previous: unknown, data: FormData) => Promise<Outcome>

/** What makes up a personal action. */
export interface PersonalAction<Outcome> {
  /** The path of the form's page, to which a user without a session returns after signing in. */
  readonly page: string
  /** Does the work for the signed-in user, for whom the form was rendered. */
  run(session: CurrentSession, data: FormData): Promise<Outcome>
  /** Makes the outcome of a failure. `error.message` is a sentence for people, without a full stop. */
  refuse(error: HttpError, data: FormData): Outcome
}

/**
 * Makes a server action for signed-in users; every server action of this app is made by it. The action runs with the live
 * session, and only if the form's hidden field (`RenderedForField`) names that session's user. A client can call an action with
 * any arguments, so a value that is not a form counts as an empty form.
 */
export function personalAction<Outcome>({
  page,
  run,
  refuse,
}: PersonalAction<Outcome>): FormAction<Outcome> {
  return async (_previous, given: unknown) => {
    const data = given instanceof FormData ? given : new FormData()
    try {
      const session = await requireSession(page)
      requireRenderedFor(data.get(RENDERED_FOR_FIELD), session)
      return await run(session, data)
    } catch (error) {
      // Next.js implements a redirect as an exception.
      unstable_rethrow(error)
      return refuse(toHttpError(error), data)
    }
  }
}
