import 'server-only'
import { unstable_rethrow } from 'next/navigation'
import { RENDERED_FOR_FIELD } from '@/contracts/rendered-for'
import { type HttpError, toHttpError } from '@/server/http/http-error'
import { type CurrentSession, requireSession } from './dal'
import { requireRenderedFor } from './rendered-for'

/** A server action as a form of `useActionState` calls it. */
export type FormAction<Outcome> = (previous: unknown, data: FormData) => Promise<Outcome>

export interface PersonalAction<Outcome> {
  /** Where the form is: a person without a session signs in, and comes back there. */
  readonly page: string
  /** What the action does, for the person who is signed in and whom the form was rendered for. */
  run(session: CurrentSession, data: FormData): Promise<Outcome>
  /** What the form is told of a failure. `error.message` is a sentence for people, without its full stop. */
  refuse(error: HttpError, data: FormData): Outcome
}

/**
 * A server action of a signed-in person: every action is one. It runs with the live session, and only where the form's hidden
 * field (`RenderedForField`) names that session's user. Anybody can call an action with anything, also without a form.
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
      // A redirect is no failure, and goes its way.
      unstable_rethrow(error)
      return refuse(toHttpError(error), data)
    }
  }
}
