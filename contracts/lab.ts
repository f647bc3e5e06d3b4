import { z } from 'zod'
import { RATE_LIMITED, SERVER_FAILURES } from './openapi/failures'
import type { Operation } from './openapi/operation'
import { UNREADABLE_BODY } from './openapi/request-body'

/** The request body that starts a run. */
export const labRunBody = z.object({
  scene: z.string().max(40).meta({ description: 'The name of a scene, such as `fifty`.' }),
})

/** The operation of the lab. It is described whether or not the lab is on. */
export const labOperations: readonly Operation[] = [
  {
    method: 'post',
    contract: null,
    tag: 'Lab',
    security: [],
    id: 'runScene',
    path: '/api/lab/runs',
    summary: 'Run a scene of the lab',
    description:
      'Makes a person for this run, whose browsers ask this server over HTTP. The stream has an event for each thing that happens, and the last one is the verdict. The run ends with the stream. The person is deleted after an hour.',
    body: { required: true, content: { 'application/json': labRunBody } },
    responses: {
      200: {
        description: 'The happenings, as server-sent events whose data is JSON.',
        mediaType: 'text/event-stream',
        body: z.string(),
      },
      403: { description: 'Another site sent this request.', errors: ['CROSS_SITE_REQUEST'] },
      404: {
        description: 'The lab is off: `LAB` is not 1. Or there is no such scene.',
        errors: ['NOT_FOUND'],
      },
      429: RATE_LIMITED,
      ...UNREADABLE_BODY,
      ...SERVER_FAILURES,
    },
  },
]
