import 'server-only'
import { services } from '@/server/composition'
import { HttpError } from '@/server/http/http-error'
import { isSameSecret } from './secret'

/** The client credentials of a form body (RFC 6749 §2.3.1). */
interface ClientParameters {
  readonly client_id?: string | undefined
  readonly client_secret?: string | undefined
}

/**
 * The id of the registered OAuth client that sent the request (RFC 6749 §2.3), by HTTP Basic or in the body; null if the
 * request names none. A public client only sends its id, a confidential one must also send its secret. If no client is
 * registered, an id is ignored, so that any OAuth library works, but a secret is refused, because it cannot be checked.
 * @throws HttpError 401 INVALID_CLIENT; 400 INVALID_BODY if credentials came both by Basic and in the body.
 */
export async function findOAuthClient(
  headers: { get(name: string): string | null },
  { client_id: id, client_secret: secret }: ClientParameters,
): Promise<string | null> {
  const { config } = await services()
  const basic = basicCredentials(headers.get('authorization'))
  if (basic !== null && secret !== undefined) {
    throw new HttpError(400, 'INVALID_BODY', 'Client credentials came in two places')
  }
  if (basic !== null && id !== undefined && id !== basic.id) throw invalidClient()
  const given = basic ?? { id, secret }
  if (given.id === undefined) {
    if (given.secret !== undefined) throw invalidClient()
    return null
  }
  if (config.oauthClients.size === 0 && !given.secret) return null
  const expected = config.oauthClients.get(given.id)
  // A public client has no secret, and an empty secret counts as none (RFC 6749 §2.3.1).
  if (expected === undefined || !isSameSecret(given.secret ?? '', expected ?? ''))
    throw invalidClient()
  return given.id
}

/**
 * The id of the confidential OAuth client that sent the request.
 * @throws HttpError 401 INVALID_CLIENT if there is none, if it is public, or if its secret is wrong; 400 as `findOAuthClient`.
 */
export async function requireOAuthClient(
  headers: { get(name: string): string | null },
  parameters: ClientParameters,
): Promise<string> {
  const id = await findOAuthClient(headers, parameters)
  const { config } = await services()
  if (id === null || config.oauthClients.get(id) == null) throw invalidClient()
  return id
}

/** HTTP Basic credentials (RFC 7617); both parts are form-encoded (RFC 6749 §2.3.1). */
function basicCredentials(header: string | null): { id: string; secret: string } | null {
  // The two parts of the pattern share no character, so it takes linear time, however many spaces the header has.
  const encoded = /^Basic +([\w+/=-]*)$/i.exec((header ?? '').trimEnd())?.[1]
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) throw invalidClient()
  return { id: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) }
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw invalidClient()
  }
}

function invalidClient(): HttpError {
  return new HttpError(401, 'INVALID_CLIENT', 'The client is unknown, or its credentials are wrong')
}
