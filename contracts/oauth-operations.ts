import { z } from 'zod'
import { FORM, oneTokenBody, tokenBody } from './oauth'
import { commonFailures, outages, unreadableBody } from './openapi/contract-failures'
import type { Operation } from './openapi/operation'

const errorBody = z.strictObject({ error: z.string(), error_description: z.string() })
const failures = {
  401: {
    description: 'The client is unknown, or its credentials are wrong.',
    body: errorBody,
    headers: ['WWW-Authenticate'] as const,
  },
  ...unreadableBody(errorBody),
  ...commonFailures(errorBody),
}
const shared = { contract: 'oauth', tag: 'OAuth 2.0', method: 'post' } as const
const inForm = (schema: z.ZodType) => ({ required: true, content: { [FORM]: schema } })

/** The operations of the `oauth` contract. */
export const oauthOperations: readonly Operation[] = [
  {
    ...shared,
    id: 'oauthToken',
    path: '/oauth/token',
    summary: 'Refresh (RFC 6749 §6)',
    description:
      'If no client is registered, `client_id` is ignored. Otherwise an unknown client is `invalid_client`, and a refresh token belongs to the client that presented it first: for another client it is `invalid_grant`.',
    security: ['clientBasic', 'none'],
    body: inForm(tokenBody),
    responses: {
      200: {
        description:
          'The access token; and a refresh token, if one was issued, which replaces the old one.',
        body: z.strictObject({
          access_token: z.string(),
          token_type: z.literal('Bearer'),
          expires_in: z.int().min(0),
          refresh_token: z.string().optional(),
        }),
        headers: ['Cache-Control'],
      },
      ...failures,
    },
  },
  {
    ...shared,
    id: 'oauthRevoke',
    path: '/oauth/revoke',
    summary: 'Revoke a token (RFC 7009)',
    description:
      'A refresh token is revoked with its session, an access token by itself. A token of another client is `invalid_grant`.',
    security: ['clientBasic', 'none'],
    body: inForm(oneTokenBody),
    responses: {
      200: { description: 'The token is invalid now, whether or not it was valid before.' },
      ...failures,
    },
  },
  {
    ...shared,
    id: 'oauthIntrospect',
    path: '/oauth/introspect',
    summary: 'Introspect a token (RFC 7662)',
    security: ['clientBasic'],
    body: inForm(oneTokenBody),
    responses: {
      200: {
        description:
          'Whether the token is active, according to its session and not only its signature.',
        body: z.strictObject({
          active: z.boolean(),
          sub: z.string().optional(),
          username: z.string().optional(),
          sid: z.string().optional(),
          iss: z.string().optional(),
          aud: z.string().optional(),
          iat: z.int().optional(),
          exp: z.int().optional(),
          client_id: z.string().optional(),
          jti: z.string().optional(),
          token_type: z.literal('Bearer').optional(),
        }),
      },
      ...failures,
    },
  },
  {
    ...shared,
    method: 'get',
    id: 'oauthMetadata',
    path: '/.well-known/oauth-authorization-server',
    summary: 'Get the server metadata (RFC 8414)',
    security: [],
    responses: {
      200: {
        description: 'The endpoints, and what they support.',
        body: z.looseObject({ issuer: z.string(), token_endpoint: z.string() }),
        headers: ['Cache-Control'],
      },
      ...outages(errorBody),
    },
  },
]
