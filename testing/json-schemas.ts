import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { OpenApi } from '@/contracts/openapi/openapi'

/** A validator in which the description is `api`, and each of its schemas is `api#` with a JSON pointer. */
export function ajvOf(api: OpenApi): Ajv2020 {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  return ajv.addSchema({ ...api, $id: 'api' })
}
