import { z } from 'zod'
import { forbidden, OUR_FAILURES } from './openapi/failures'
import type { Operation } from './openapi/operation'

const liveBody = z.strictObject({ status: z.literal('live') })
export type Live = z.infer<typeof liveBody>

const readyBody = z.strictObject({ status: z.literal('ready') })
export type Ready = z.infer<typeof readyBody>

const prunedBody = z.strictObject({
  deleted: z.int().min(0).meta({ description: 'How many rows.' }),
  done: z
    .boolean()
    .meta({ description: 'Whether nothing is left; if not, the next call goes on.' }),
})
export type Pruned = z.infer<typeof prunedBody>

const shared = { method: 'get', contract: null, tag: 'Service', security: [] } as const

/** What is asked of the server itself. */
export const serviceOperations: readonly Operation[] = [
  {
    ...shared,
    id: 'getHealth',
    path: '/api/health',
    summary: 'Whether the process lives',
    answers: { 200: { description: 'It does.', body: liveBody }, ...OUR_FAILURES },
  },
  {
    ...shared,
    id: 'getReadiness',
    path: '/api/health/ready',
    summary: 'Whether the database answers',
    answers: { 200: { description: 'It does.', body: readyBody }, ...OUR_FAILURES },
  },
  {
    ...shared,
    id: 'getMetrics',
    path: '/api/metrics',
    summary: 'What this process has counted',
    security: ['metricsBearer'],
    answers: {
      200: {
        description: 'In the text format of Prometheus.',
        mediaType: 'text/plain',
        body: z.string(),
      },
      401: {
        description: 'This is not the token of the metrics.',
        errors: ['INVALID_METRICS_TOKEN'],
        headers: ['WWW-Authenticate'],
      },
      404: {
        description: 'Nobody may read them: there is no `METRICS_TOKEN`.',
        errors: ['NOT_FOUND'],
      },
      ...OUR_FAILURES,
    },
  },
  {
    ...shared,
    id: 'prune',
    path: '/api/cron/prune',
    summary: 'Delete what has expired',
    description:
      'For at most 20 s. For the cron of a platform; a server of your own does it by itself.',
    security: ['cronBearer'],
    answers: {
      200: { description: 'It is deleted.', body: prunedBody },
      401: {
        description: 'This is not the secret of the cron.',
        errors: ['INVALID_CRON_SECRET'],
        headers: ['WWW-Authenticate'],
      },
      403: forbidden(),
      404: {
        description: 'Nobody may ask for it: there is no `CRON_SECRET`.',
        errors: ['NOT_FOUND'],
      },
      ...OUR_FAILURES,
    },
  },
  {
    ...shared,
    id: 'getKeys',
    path: '/.well-known/jwks.json',
    summary: 'The public keys of access tokens (RFC 7517)',
    answers: {
      200: {
        description: 'None where access tokens are signed with a secret alone.',
        mediaType: 'application/jwk-set+json',
        body: z.strictObject({
          keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })),
        }),
        headers: ['Cache-Control'],
      },
      ...OUR_FAILURES,
    },
  },
  {
    ...shared,
    id: 'getDescription',
    path: '/api/openapi.json',
    summary: 'This description',
    answers: {
      200: {
        description: 'In OpenAPI 3.1.',
        body: z.looseObject({ openapi: z.string() }),
        headers: ['ETag', 'Cache-Control'],
      },
      304: {
        description: 'To `If-None-Match`: it has not changed.',
        headers: ['ETag', 'Cache-Control'],
      },
      ...OUR_FAILURES,
    },
  },
]
