import { z } from 'zod'
import { SIGN_IN_REASONS } from '@/http/address/return-path'
import { SERVER_FAILURES } from './openapi/failures'
import type { Operation, ResponseSpecs } from './openapi/operation'
import { RENDERED_FOR_ANOTHER, renderedForParameter } from './rendered-for'

const time = z.int().min(0).meta({ description: 'In milliseconds since 1970.' })

/** What a session's owner can see of its life, at one moment. */
export const lifeBody = z.strictObject({
  now: time.meta({ description: 'The time of the database.' }),
  userId: z.string(),
  signedInAt: time,
  issuedAt: time.meta({
    description:
      'When the session was last renewed by a write: a rotation, a reissue, an adoption.',
  }),
  renewals: z.int().min(0).meta({ description: 'How many renewals were written.' }),
  idleExpiresAt: time,
  expiresAt: time,
  ended: z
    .strictObject({ reason: z.enum(SIGN_IN_REASONS), at: time })
    .nullable()
    .meta({ description: 'Why and when the session ended, or null.' }),
  access: z
    .strictObject({ issuedAt: time, expiresAt: time })
    .meta({ description: 'The access token of this request.' }),
  events: z
    .array(
      z.strictObject({
        id: z.int(),
        kind: z.string(),
        at: time,
        detail: z.string().nullable(),
        device: z.string(),
      }),
    )
    .meta({ description: 'The latest events of the session, newest first.' }),
})
/** The response of `GET /api/auth/session`, and each message of its stream. */
export type Life = z.infer<typeof lifeBody>

/** The query parameter by which a page says whom it was rendered for: an `EventSource` sends no header. */
export const RENDERED_FOR_PARAMETER = 'rendered-for'

const shared = {
  method: 'get',
  contract: null,
  tag: 'Sessions',
  security: ['accessCookie', 'accessBearer'],
  parameters: [
    renderedForParameter,
    {
      in: 'query',
      name: RENDERED_FOR_PARAMETER,
      required: false,
      description: 'Like the header of that name, for a client that can set no header.',
      schema: z.string(),
    },
  ],
} as const
const failures: ResponseSpecs = {
  401: {
    description: 'There is no live session, or its access token has expired.',
    errors: ['MISSING_ACCESS_TOKEN', 'INVALID_ACCESS_TOKEN'],
    headers: ['WWW-Authenticate'],
  },
  409: RENDERED_FOR_ANOTHER,
  ...SERVER_FAILURES,
}

/** The operations that show a session's life. They never renew it: watching a session must not keep it alive. */
export const lifeOperations: readonly Operation[] = [
  {
    ...shared,
    id: 'getSession',
    path: '/api/auth/session',
    summary: 'Get the life of the session',
    description: 'Unlike the rest of the API, it never renews the session.',
    responses: { 200: { description: 'The session as it is now.', body: lifeBody }, ...failures },
  },
  {
    ...shared,
    id: 'watchSession',
    path: '/api/auth/session/events',
    summary: 'Watch the life of the session',
    description:
      'Server-sent events. Each message is what `GET /api/auth/session` answers, at the start and after each change; the last one says why the session ended. It never renews the session, and closes after an hour.',
    responses: {
      200: {
        description: 'The stream.',
        mediaType: 'text/event-stream',
        body: z.string(),
        headers: ['Cache-Control'],
      },
      429: {
        description: 'Too many streams of this session are open.',
        errors: ['RATE_LIMITED'],
        headers: ['Retry-After'],
      },
      ...failures,
    },
  },
]
