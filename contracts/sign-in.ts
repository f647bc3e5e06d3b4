import { z } from 'zod'
import { givenPassword, newPassword, userName } from './credentials'
import { forbidden, RATE_LIMITED, SERVER_FAILURES } from './openapi/failures'
import type { Operation, ResponseSpecs } from './openapi/operation'
import { jsonOrForm, UNREADABLE_BODY } from './openapi/request-body'
import { RENDERED_FOR_FIELD, renderedForParameter, SIGNED_IN_AS_ANOTHER } from './rendered-for'

const next = z
  .string()
  .optional()
  .meta({ description: 'For a form: the path on this origin to redirect to.' })

/** The request body of sign-in. A name or password that exceeds the limits is wrong, not invalid. */
export const signInBody = z.object({
  username: z.string({ error: 'must be a text' }),
  password: givenPassword,
  next,
})

/** The request body of sign-up. */
export const signUpBody = z.object({ username: userName, password: newPassword, next })

/** The optional form of sign-out. */
export const signOutForm = z.object({ [RENDERED_FOR_FIELD]: z.string().optional() })

/** A user in a response. */
export const userBody = z.strictObject({ id: z.string(), name: z.string() })

/** An access token in a response of the canonical contract. */
export const grantBody = z.strictObject({
  token: z.string().meta({ description: 'The access token.' }),
  expiresIn: z.int().min(0).meta({ description: 'Its remaining life in seconds.' }),
})

/** The response of sign-in and sign-up. */
export const signedInBody = grantBody.extend({ user: userBody })
/** The response of sign-in and sign-up. */
export type SignedIn = z.infer<typeof signedInBody>

const entered = (failurePage: string): ResponseSpecs => ({
  200: {
    description: 'Signed in. The cookies hold the access token and the refresh token.',
    body: signedInBody,
    headers: ['Set-Cookie'],
  },
  303: {
    description: `For an HTML form: signed in, with the cookies, and redirected to \`next\`; or redirected back to ${failurePage}, which shows what went wrong.`,
    headers: ['Location'],
    optionalHeaders: ['Set-Cookie'],
  },
  401: { description: 'Wrong name or password.', errors: ['INVALID_CREDENTIALS'] },
  429: RATE_LIMITED,
  ...UNREADABLE_BODY,
  ...SERVER_FAILURES,
})

const shared = { method: 'post', contract: 'cookie-json', tag: 'Signing in' } as const

/** The operations of the sign-in pages. */
export const signInOperations: readonly Operation[] = [
  {
    ...shared,
    id: 'signIn',
    path: '/api/auth/login',
    summary: 'Sign in',
    description: 'Starts a session. The session that the cookies still hold ends.',
    body: jsonOrForm(signInBody),
    security: [],
    responses: { ...entered('/sign-in'), 403: { ...forbidden(), isPageForForm: true } },
  },
  {
    ...shared,
    id: 'signUp',
    path: '/api/auth/register',
    summary: 'Sign up',
    description: 'Adds a user and starts a session.',
    body: jsonOrForm(signUpBody),
    security: [],
    responses: {
      ...entered('/sign-up'),
      403: {
        ...forbidden('Or sign-up is closed here.', 'REGISTRATION_CLOSED'),
        isPageForForm: true,
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
      'Ends the session of the Bearer token, or of the cookies if there is none, and deletes the cookies. Idempotent. A form sends the id of the user that its page was rendered for as `renderedFor`.',
    parameters: [renderedForParameter],
    security: ['refreshCookie', 'accessCookie', 'accessBearer', 'none'],
    responses: {
      204: { description: 'Signed out.', headers: ['Set-Cookie'] },
      303: {
        description:
          'For an HTML form: signed out; or redirected to the dashboard, if another user is signed in by now.',
        headers: ['Location'],
        optionalHeaders: ['Set-Cookie'],
      },
      403: { ...forbidden(), isPageForForm: true },
      409: SIGNED_IN_AS_ANOTHER,
      ...SERVER_FAILURES,
    },
  },
]
