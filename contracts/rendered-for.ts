import { z } from 'zod'
import { RENDERED_FOR_HEADER } from '@/http/wire'
import type { Parameter, ResponseSpec } from './openapi/operation'

/** The form field for the id of the user that a page was rendered for. */
export const RENDERED_FOR_FIELD = 'renderedFor'

/** The description of the header for the same id. */
export const renderedForParameter: Parameter = {
  in: 'header',
  name: RENDERED_FOR_HEADER,
  required: false,
  description:
    'The id of the user that the page was rendered for. If another user is signed in by now, the request is refused.',
  schema: z.string(),
}

/** The 409 of a request from a page that was rendered for another user. */
export const SIGNED_IN_AS_ANOTHER: ResponseSpec = {
  description:
    'The page was rendered for another user than the one who is signed in by now. Nothing was done.',
  errors: ['SIGNED_IN_AS_ANOTHER'],
}

/** The 409 of a route for signed-in users: another user is signed in by now, or the page sent an empty id. */
export const RENDERED_FOR_ANOTHER: ResponseSpec = {
  description: `${SIGNED_IN_AS_ANOTHER.description} Or the page sent an empty id.`,
  errors: ['SIGNED_IN_AS_ANOTHER', 'PAGE_OUT_OF_DATE'],
}
