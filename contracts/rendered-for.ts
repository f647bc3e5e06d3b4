import { z } from 'zod'
import type { Parameter, ResponseSpec } from './openapi/operation'

/** How a page's script says whom the page was rendered for: a user id. Not a secret, and no credential. */
export const RENDERED_FOR_HEADER = 'x-rendered-for'
/** How a page's form does. */
export const RENDERED_FOR_FIELD = 'renderedFor'

export const renderedForParameter: Parameter = {
  in: 'header',
  name: RENDERED_FOR_HEADER,
  required: false,
  description:
    'The id of the user whom the page was rendered for. Nothing is done where the credentials are another user’s by now.',
  schema: z.string(),
}

export const ANOTHER_PERSON: ResponseSpec = {
  description: 'The page was rendered for another user than is signed in by now. Nothing was done.',
  errors: ['SIGNED_IN_AS_ANOTHER'],
}
