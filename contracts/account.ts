import { z } from 'zod'
import { givenPassword, newPassword } from './credentials'
import { forbidden, NOT_SIGNED_IN, OUR_FAILURES, TOO_MANY } from './openapi/failures'
import type { Operation, ResponseSpec, ResponseSpecs } from './openapi/operation'
import { bodyOf, UNREADABLE } from './openapi/request-body'
import { ANOTHER_PERSON, renderedForParameter } from './rendered-for'
import { userBody } from './sign-in'

/** What changing a password reads. */
export const passwordChangeBody = z.object({ currentPassword: givenPassword, newPassword })

/** What confirming the password reads. */
export const confirmationBody = z.object({ currentPassword: givenPassword })

/** What deleting an account reads. */
export const accountRemovalBody = z.object({ currentPassword: givenPassword })

const time = z.iso.datetime()

const meBody = z.strictObject({
  user: userBody,
  session: z.strictObject({ id: z.string(), accessTokenExpiresAt: time }),
})
export type Me = z.infer<typeof meBody>

const sessionsBody = z.strictObject({
  sessions: z.array(
    z.strictObject({
      id: z.string(),
      current: z.boolean().meta({ description: 'Whether it is the one that asks.' }),
      userAgent: z.string(),
      address: z.string(),
      createdAt: time,
      lastSeenAt: time,
      expiresAt: time,
    }),
  ),
})
export type Sessions = z.infer<typeof sessionsBody>

const endedBody = z.strictObject({
  ended: z.int().min(0).meta({ description: 'How many sessions ended.' }),
})
export type Ended = z.infer<typeof endedBody>

/** New tokens where a Bearer token asked; a browser gets them as cookies. */
const passwordChangedBody = endedBody.extend({
  token: z.string().optional().meta({ description: 'The new access token.' }),
  expiresIn: z.int().min(0).optional().meta({ description: 'Its remaining life in seconds.' }),
  refreshToken: z.string().optional().meta({ description: 'The new refresh token.' }),
})
export type PasswordChanged = z.infer<typeof passwordChangedBody>

/** Where the gate renewed the session on the way, its new cookies come with the answer. */
const done = (description: string, body?: z.ZodType): ResponseSpec => ({
  description: `${description} New cookies where the session was renewed on the way.`,
  ...(body && { body }),
  mayBear: ['Set-Cookie'],
})

const own: ResponseSpecs = { ...NOT_SIGNED_IN, 409: ANOTHER_PERSON, ...OUR_FAILURES }
const withPassword: ResponseSpecs = {
  ...own,
  ...UNREADABLE,
  403: forbidden('Or the current password is wrong.', 'INVALID_CREDENTIALS'),
  429: TOO_MANY,
}
const PROVED =
  'the password was proved within the last 15 minutes: at sign-in, or with `POST /api/account/confirm`.'
const RECENT: ResponseSpec = {
  ...forbidden('Or the password must be confirmed first.', 'RECENT_SIGN_IN_REQUIRED'),
  mayBear: ['WWW-Authenticate'],
}
const shared = {
  contract: null,
  security: ['accessCookie', 'accessBearer'],
  parameters: [renderedForParameter],
} as const

export const accountOperations: readonly Operation[] = [
  {
    ...shared,
    id: 'getMe',
    method: 'get',
    path: '/api/me',
    tag: 'Account',
    summary: 'Who is signed in',
    answers: { 200: done('Who asks.', meBody), ...own },
  },
  {
    ...shared,
    id: 'listSessions',
    method: 'get',
    path: '/api/sessions',
    tag: 'Sessions',
    summary: 'List the live sessions',
    answers: { 200: done('Every sign-in that still lives.', sessionsBody), ...own },
  },
  {
    ...shared,
    id: 'endSession',
    method: 'delete',
    path: '/api/sessions/{id}',
    tag: 'Sessions',
    summary: 'End a session',
    description: `Another one than that which asks only where ${PROVED}`,
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
    answers: {
      204: done('It has ended.'),
      403: RECENT,
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
    description: `Only where ${PROVED}`,
    answers: { 200: done('They have ended.', endedBody), ...own, 403: RECENT },
  },
  {
    ...shared,
    id: 'changePassword',
    method: 'post',
    path: '/api/account/password',
    tag: 'Account',
    summary: 'Change the password',
    description:
      'Every other session ends. The one that asks goes on with new tokens, which come with the answer: as cookies, and to a Bearer token in the body. Its old ones are refused from then on, whoever has copied them.',
    body: bodyOf(passwordChangeBody),
    answers: { 200: done('It is changed.', passwordChangedBody), ...withPassword },
  },
  {
    ...shared,
    id: 'confirmPassword',
    method: 'post',
    path: '/api/account/confirm',
    tag: 'Account',
    summary: 'Confirm the password',
    description: 'The session goes on, and counts as signed in just now.',
    body: bodyOf(confirmationBody),
    answers: { 204: done('It is right.'), ...withPassword },
  },
  {
    ...shared,
    id: 'deleteAccount',
    method: 'delete',
    path: '/api/account',
    tag: 'Account',
    summary: 'Delete the account',
    description: 'With its sessions and its history.',
    body: bodyOf(accountRemovalBody),
    answers: { 204: done('It is gone.'), ...withPassword },
  },
]
