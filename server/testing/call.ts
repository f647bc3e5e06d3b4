import 'server-only'
import type { z } from 'zod'
import { type Services, services } from '../composition'
import { notFound } from '../http/not-found'
import { readBody } from '../http/request-body'
import { requireTestCaller } from './caller'
import { passTime } from './pass-time'
import { rotations } from './rotations'
import { startTestSession } from './sessions'
import { addTestUser } from './users'
import { passTimeBody, rotationsBody, sessionBody, userBody } from './wire'

/** A body holds the jars of all browsers of a user. It is as large as the server takes in (`MAX_REQUEST_BYTES`). */
const MAX_BODY_BYTES = 64 * 1024

type Answer = (request: Request, parts: Services) => Promise<object>

/** A verb: it parses the body by `schema`, and answers with what `run` returns. */
function verb<T>(schema: z.ZodType<T>, run: (body: T, parts: Services) => Promise<object>): Answer {
  return async (request, parts) =>
    run(await readBody(request, schema, ['application/json'], MAX_BODY_BYTES), parts)
}

const VERBS: ReadonlyMap<string, Answer> = new Map([
  ['user', verb(userBody, addTestUser)],
  ['session', verb(sessionBody, startTestSession)],
  ['pass-time', verb(passTimeBody, passTime)],
  ['rotations', verb(rotationsBody, rotations)],
])

/**
 * Answers a call of the test endpoint. Only `app/api/testing/` calls it, and only if `TESTING` is on.
 * @throws HttpError 403 TESTING_REFUSED, 404 NOT_FOUND for an unknown verb, 400, 413 or 415 as `readBody` does, or what the verb
 *   throws: 404 USER_NOT_FOUND, 409 NAME_TAKEN, OWN_USERS, USER_DISABLED or STATE_IMPOSSIBLE.
 */
export async function answerTestCall(request: Request, name: string): Promise<Response> {
  const parts = await services()
  requireTestCaller(request, parts.config)
  const answer = VERBS.get(name)
  if (!answer) throw notFound()
  return Response.json(await answer(request, parts))
}
