import { z } from 'zod'
import { givenPassword, newPassword, userName } from './credentials'
import { forbidden, OUR_FAILURES, TOO_MANY } from './openapi/failures'
import type { Operation, ResponseSpecs } from './openapi/operation'
import { bodyOf, UNREADABLE } from './openapi/request-body'
import { ANOTHER_PERSON, RENDERED_FOR_FIELD, renderedForParameter } from './rendered-for'

const next = z
  .string()
  .optional()
  .meta({ description: 'For a form: the path of this origin to go on to.' })

/** What sign-in reads. A name or a password too long to exist is simply wrong. */
export const signInBody = z.object({
  username: z.string({ error: 'must be a text' }),
  password: givenPassword,
  next,
})

/** What sign-up reads. */
export const signUpBody = z.object({ username: userName, password: newPassword, next })

/** What signing out reads of a form, were there any. */
export const signOutForm = z.object({ [RENDERED_FOR_FIELD]: z.string().optional() })

/** Who somebody is. */
export const userBody = z.strictObject({ id: z.string(), name: z.string() })

/** An access token, as the canonical contract hands it over. */
export const grantBody = z.strictObject({
  token: z.string().meta({ description: 'The access token.' }),
  expiresIn: z.int().min(0).meta({ description: 'Its remaining life in seconds.' }),
})

/** What sign-in and sign-up answer. */
export const signedInBody = grantBody.extend({ user: userBody })
export type SignedIn = z.infer<typeof signedInBody>

const entered = (failurePage: string): ResponseSpecs => ({
  200: {
    description: 'Signed in. The cookies hold the access token and the refresh token.',
    body: signedInBody,
    headers: ['Set-Cookie'],
  },
  303: {
    description: `To an HTML form: signed in, with the cookies, on to \`next\`; or back to ${failurePage}, which says what went wrong.`,
    headers: ['Location'],
    mayBear: ['Set-Cookie'],
  },
  401: { description: 'Wrong name or password.', errors: ['INVALID_CREDENTIALS'] },
  429: TOO_MANY,
  ...UNREADABLE,
  ...OUR_FAILURES,
})

const shared = { method: 'post', contract: 'cookie-json', tag: 'Signing in' } as const

export const signInOperations: readonly Operation[] = [
  {
    ...shared,
    id: 'signIn',
    path: '/api/auth/login',
    summary: 'Sign in',
    description: 'Starts a session. One that the cookies still hold ends.',
    body: bodyOf(signInBody),
    security: [],
    answers: { ...entered('/sign-in'), 403: { ...forbidden(), isPageToForm: true } },
  },
  {
    ...shared,
    id: 'signUp',
    path: '/api/auth/register',
    summary: 'Sign up',
    description: 'Adds a user and starts a session.',
    body: bodyOf(signUpBody),
    security: [],
    answers: {
      ...entered('/sign-up'),
      403: {
        ...forbidden('Or sign-up is closed here.', 'REGISTRATION_CLOSED'),
        isPageToForm: true,
      },
      409: { description: 'The name is taken.', errors: ['NAME_TAKEN'] },
    },
  },
  {
    ...shared,
    id: 'signOut',
    path: '/api/auth/logout',
    summary: 'Sign out',
    description:
      'Ends the session of the Bearer token, or else of the cookies, and deletes the cookies. May be done twice. A page’s form names whom it was rendered for as `renderedFor`.',
    parameters: [renderedForParameter],
    security: ['refreshCookie', 'accessCookie', 'accessBearer', 'nobody'],
    answers: {
      204: { description: 'Signed out.', headers: ['Set-Cookie'] },
      303: {
        description:
          'To an HTML form: signed out; or on to the dashboard of the person who is signed in by now.',
        headers: ['Location'],
        mayBear: ['Set-Cookie'],
      },
      403: { ...forbidden(), isPageToForm: true },
      409: ANOTHER_PERSON,
      ...OUR_FAILURES,
    },
  },
]
