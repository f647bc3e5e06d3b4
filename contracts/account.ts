import { z } from 'zod'
import type { ErrorCode } from '@/http/wire'
import { givenPassword, newPassword } from './credentials'
import { forbidden, NOT_SIGNED_IN, RATE_LIMITED, SERVER_FAILURES } from './openapi/failures'
import type { Operation, ResponseSpec, ResponseSpecs } from './openapi/operation'
import { jsonOrForm, UNREADABLE_BODY } from './openapi/request-body'
import { RENDERED_FOR_ANOTHER, renderedForParameter } from './rendered-for'
import { userBody } from './sign-in'

/** The request body of a password change. */
export const passwordChangeBody = z.object({ currentPassword: givenPassword, newPassword })

/** The request body of a password confirmation. */
export const confirmationBody = z.object({ currentPassword: givenPassword })

/** The request body of an account deletion. */
export const accountRemovalBody = z.object({ currentPassword: givenPassword })

const time = z.iso.datetime()

const meBody = z.strictObject({
  user: userBody,
  session: z.strictObject({ id: z.string(), accessTokenExpiresAt: time }),
  claims: z
    .record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]),
    )
    .readonly()
    .optional()
    .meta({ description: 'What the access token says besides the standard claims, if anything.' }),
})
/** The response of `GET /api/me`. */
export type Me = z.infer<typeof meBody>

const sessionsBody = z.strictObject({
  sessions: z.array(
    z.strictObject({
      id: z.string(),
      name: z
        .string()
        .nullable()
        .meta({ description: 'The name that the user has given the device, or null.' }),
      current: z.boolean().meta({ description: 'True for the session of this request.' }),
      userAgent: z.string(),
      address: z.string(),
      createdAt: time,
      lastSeenAt: time,
      expiresAt: time,
    }),
  ),
})
/** The response of `GET /api/sessions`. */
export type Sessions = z.infer<typeof sessionsBody>

const endedBody = z.strictObject({
  ended: z.int().min(0).meta({ description: 'How many sessions ended.' }),
})
/** The response of `POST /api/sessions/end-others`. */
export type Ended = z.infer<typeof endedBody>

/** Contains the new tokens if the request had a Bearer token; a browser gets them as cookies. */
const passwordChangedBody = endedBody.extend({
  token: z.string().optional().meta({ description: 'The new access token.' }),
  expiresIn: z.int().min(0).optional().meta({ description: 'Its remaining life in seconds.' }),
  refreshToken: z.string().optional().meta({ description: 'The new refresh token.' }),
})
/** The response of `POST /api/account/password`. */
export type PasswordChanged = z.infer<typeof passwordChangedBody>

/** A success: if middleware refreshed the session first, the response also sets the new cookies. */
const done = (description: string, body?: z.ZodType): ResponseSpec => ({
  description: `${description} Sets new cookies if the session was refreshed first.`,
  ...(body && { body }),
  optionalHeaders: ['Set-Cookie'],
})

const own: ResponseSpecs = { ...NOT_SIGNED_IN, 409: RENDERED_FOR_ANOTHER, ...SERVER_FAILURES }
const withPassword: ResponseSpecs = {
  ...own,
  ...UNREADABLE_BODY,
  403: forbidden('Or the current password is wrong.', 'INVALID_CREDENTIALS'),
  429: RATE_LIMITED,
}
/** The 409 of a page that was rendered for another user, or of one of the other codes, which `description` explains. */
const conflict = (description: string, ...codes: ErrorCode[]): ResponseSpec => ({
  description: `${RENDERED_FOR_ANOTHER.description} ${description}`,
  errors: [...(RENDERED_FOR_ANOTHER.errors ?? []), ...codes],
})
/** The responses where a password is asked for, and the user may have none. */
const withOwnPassword: ResponseSpecs = {
  ...withPassword,
  409: conflict('Or the user signs in without a password.', 'NO_PASSWORD'),
}
const RECENT_PASSWORD =
  'the password must have been entered within the last 15 minutes: at sign-in, or with `POST /api/account/confirm`. A user without a password must have signed in within them.'
const NEEDS_RECENT_SIGN_IN: ResponseSpec = {
  ...forbidden('Or the password must be confirmed first.', 'RECENT_SIGN_IN_REQUIRED'),
  optionalHeaders: ['WWW-Authenticate'],
}
const shared = {
  contract: null,
  security: ['accessCookie', 'accessBearer'],
  parameters: [renderedForParameter],
} as const

/** The operations on one's own account and sessions. */
export const accountOperations: readonly Operation[] = [
  {
    ...shared,
    id: 'getMe',
    method: 'get',
    path: '/api/me',
    tag: 'Account',
    summary: 'Get the signed-in user',
    responses: { 200: done('The user and the session of this request.', meBody), ...own },
  },
  {
    ...shared,
    id: 'listSessions',
    method: 'get',
    path: '/api/sessions',
    tag: 'Sessions',
    summary: 'List the live sessions',
    responses: { 200: done('The sessions that have not ended or expired.', sessionsBody), ...own },
  },
  {
    ...shared,
    id: 'endSession',
    method: 'delete',
    path: '/api/sessions/{id}',
    tag: 'Sessions',
    summary: 'End a session',
    description: `For another session than that of this request, ${RECENT_PASSWORD}`,
    parameters: [
      renderedForParameter,
      {
        in: 'path',
        name: 'id',
        required: true,
        description: 'The id of the session.',
        schema: z.string(),
      },
    ],
    responses: {
      204: done('The session has ended.'),
      403: NEEDS_RECENT_SIGN_IN,
      404: { description: 'There is no such session.', errors: ['SESSION_NOT_FOUND'] },
      ...own,
    },
  },
  {
    ...shared,
    id: 'endOtherSessions',
    method: 'post',
    path: '/api/sessions/end-others',
    tag: 'Sessions',
    summary: 'End every other session',
    description: `For this, ${RECENT_PASSWORD}`,
    responses: {
      200: done('The other sessions have ended.', endedBody),
      ...own,
      403: NEEDS_RECENT_SIGN_IN,
    },
  },
  {
    ...shared,
    id: 'changePassword',
    method: 'post',
    path: '/api/account/password',
    tag: 'Account',
    summary: 'Change the password',
    description:
      'Every other session ends. The session of this request continues with new tokens. The response carries them as cookies, and in the body if the request had a Bearer token. The old tokens, and any copies of them, are refused from then on.',
    body: jsonOrForm(passwordChangeBody),
    responses: {
      200: done('The password has changed.', passwordChangedBody),
      ...withOwnPassword,
    },
  },
  {
    ...shared,
    id: 'confirmPassword',
    method: 'post',
    path: '/api/account/confirm',
    tag: 'Account',
    summary: 'Confirm the password',
    description: 'The session continues, and counts as signed in just now.',
    body: jsonOrForm(confirmationBody),
    responses: { 204: done('The password is correct.'), ...withOwnPassword },
  },
  {
    ...shared,
    id: 'deleteAccount',
    method: 'delete',
    path: '/api/account',
    tag: 'Account',
    summary: 'Delete the account',
    description:
      'Also deletes its sessions and its history. A user without a password sends no body, and must have signed in within the last 15 minutes.',
    body: { ...jsonOrForm(accountRemovalBody), required: false },
    responses: {
      204: done('The account is deleted.'),
      ...withPassword,
      403: {
        ...forbidden(
          'Or the current password is wrong, or a user without one must sign in again.',
          'INVALID_CREDENTIALS',
          'RECENT_SIGN_IN_REQUIRED',
        ),
        optionalHeaders: ['WWW-Authenticate'],
      },
      409: conflict(
        'Or the user was given a password while the request was served.',
        'HAS_PASSWORD',
      ),
    },
  },
]
