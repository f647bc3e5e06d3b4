import 'server-only'
import { services } from '@/server/composition'
import { HttpError } from '@/server/http/http-error'
import { isSameSecret } from './secret'

interface ClientParameters {
  readonly client_id?: string | undefined
  readonly client_secret?: string | undefined
}

/**
 * The registered OAuth client that asks (RFC 6749 §2.3): by HTTP Basic or in the body, null where none is named. A public
 * client only says its name; one that has a secret must bring it. Where none is registered, a name means nothing and is
 * ignored, so that any library works; a secret is refused all the same, as nobody could check it.
 * @throws HttpError 401 INVALID_CLIENT, 400 INVALID_BODY where a secret comes in both places.
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
  // A public client has none, and an empty one is none (RFC 6749 §2.3.1).
  if (expected === undefined || !isSameSecret(given.secret ?? '', expected ?? ''))
    throw invalidClient()
  return given.id
}

/**
 * The confidential client that asks.
 * @throws HttpError 401 INVALID_CLIENT where it does not prove itself.
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

/** RFC 7617, its parts form-encoded (RFC 6749 §2.3.1). */
function basicCredentials(header: string | null): { id: string; secret: string } | null {
  // Neither group can match what the other does, so a header is read once, however many spaces it has.
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
