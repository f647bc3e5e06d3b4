import { z } from 'zod'
import { forbidden, SERVER_FAILURES } from './openapi/failures'
import type { Operation } from './openapi/operation'

const liveBody = z.strictObject({ status: z.literal('live') })
/** The response of `GET /api/health`. */
export type Live = z.infer<typeof liveBody>

const readyBody = z.strictObject({ status: z.literal('ready') })
/** The response of `GET /api/health/ready`. */
export type Ready = z.infer<typeof readyBody>

const prunedBody = z.strictObject({
  deleted: z.int().min(0).meta({ description: 'How many rows were deleted.' }),
  done: z.boolean().meta({ description: 'False if rows are left for the next call.' }),
})
/** The response of `GET /api/cron/prune`. */
export type Pruned = z.infer<typeof prunedBody>

const shared = { method: 'get', contract: null, tag: 'Service', security: [] } as const

/** The operations of the service itself: health, metrics, pruning, keys and the API description. */
export const serviceOperations: readonly Operation[] = [
  {
    ...shared,
    id: 'getHealth',
    path: '/api/health',
    summary: 'Check that the process runs',
    responses: { 200: { description: 'The process runs.', body: liveBody }, ...SERVER_FAILURES },
  },
  {
    ...shared,
    id: 'getReadiness',
    path: '/api/health/ready',
    summary: 'Check that the database responds',
    responses: {
      200: { description: 'The database responds.', body: readyBody },
      ...SERVER_FAILURES,
    },
  },
  {
    ...shared,
    id: 'getMetrics',
    path: '/api/metrics',
    summary: 'Get the metrics of this process',
    security: ['metricsBearer'],
    responses: {
      200: {
        description: 'The metrics, in the text format of Prometheus.',
        mediaType: 'text/plain',
        body: z.string(),
      },
      401: {
        description: 'The token is not `METRICS_TOKEN`.',
        errors: ['INVALID_METRICS_TOKEN'],
        headers: ['WWW-Authenticate'],
      },
      404: {
        description: 'Metrics are off: `METRICS_TOKEN` is not set.',
        errors: ['NOT_FOUND'],
      },
      ...SERVER_FAILURES,
    },
  },
  {
    ...shared,
    id: 'prune',
    path: '/api/cron/prune',
    summary: 'Delete expired rows',
    description:
      'Takes at most 20 s. For the cron of a platform; a server of your own prunes by itself.',
    security: ['cronBearer'],
    responses: {
      200: { description: 'Expired rows were deleted.', body: prunedBody },
      401: {
        description: 'The token is not `CRON_SECRET`.',
        errors: ['INVALID_CRON_SECRET'],
        headers: ['WWW-Authenticate'],
      },
      403: forbidden(),
      404: {
        description: 'Pruning by cron is off: `CRON_SECRET` is not set.',
        errors: ['NOT_FOUND'],
      },
      ...SERVER_FAILURES,
    },
  },
  {
    ...shared,
    id: 'getKeys',
    path: '/.well-known/jwks.json',
    summary: 'Get the public keys of access tokens (RFC 7517)',
    responses: {
      200: {
        description: 'The keys. The list is empty if access tokens are signed with a secret only.',
        mediaType: 'application/jwk-set+json',
        body: z.strictObject({
          keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })),
        }),
        headers: ['Cache-Control'],
      },
      ...SERVER_FAILURES,
    },
  },
  {
    ...shared,
    id: 'getDescription',
    path: '/api/openapi.json',
    summary: 'Get this description',
    responses: {
      200: {
        description: 'The description, in OpenAPI 3.1.',
        body: z.looseObject({ openapi: z.string() }),
        headers: ['ETag', 'Cache-Control'],
      },
      304: {
        description: 'The description has not changed since the `ETag` of `If-None-Match`.',
        headers: ['ETag', 'Cache-Control'],
      },
      ...SERVER_FAILURES,
    },
  },
]
