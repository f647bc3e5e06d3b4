import { type Exchange, exchange } from '../clients/exchange'
import { INPUTS, LIVE_INPUTS, METHODS, type Tokens } from './inputs'

const AT_ONCE = 6

/** A server, and the tokens of a session that only it is asked about. */
export interface Side {
  readonly port: number
  readonly tokens: Tokens
}

/** What two servers answer differently at a path, to every method with every input. Times, ids and what each program adds of its own (`settled`) are left out. */
export async function differencesAt(path: string, sides: readonly [Side, Side]): Promise<string[]> {
  const differences: string[] = []
  const compare = async (what: string, input: (tokens: Tokens) => Exchange) => {
    const [one, other] = await Promise.all(
      sides.map(({ port, tokens }) => exchange(port, input(tokens)).then(settled)),
    )
    if (one !== other) differences.push(`${what}\n\n${one}\n\nor\n\n${other}`)
  }
  const rest = METHODS.flatMap((method) =>
    INPUTS.map((input) => [method, ...input] as const),
  ).values()
  const worker = async () => {
    for (const [method, what, input] of rest) {
      await compare(`${method} ${path} with ${what}`, () => ({
        line: `${method} ${path}`,
        ...input,
      }))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  for (const method of METHODS) {
    for (const [what, input] of LIVE_INPUTS) {
      await compare(`${method} ${path} with ${what}`, (tokens) => ({
        line: `${method} ${path}`,
        ...input(tokens),
      }))
    }
  }
  return differences
}

/**
 * Headers that are left out. A time is one of the answer. How a body is framed says nothing about it: Next.js sends chunks, and
 * Node the length. Next.js adds to `Vary` what its own pages depend on.
 */
const NOT_COMPARED = /^(date|keep-alive|content-length|transfer-encoding):|^vary: rsc, next-/

/** An answer without what may differ from one request to the next, and between the servers. */
function settled(answer: string): string {
  const start = answer.indexOf('\r\n\r\n')
  const [status = '', ...lines] = answer.slice(0, start).split('\r\n')
  // Next.js drops the policy of the page itself, and keeps the stricter default (docs/contracts-server.md).
  const isPage = lines.some((line) => /^content-type: text\/html/i.test(line))
  const headers = lines
    .map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()))
    .filter((line) => !NOT_COMPARED.test(line))
    .filter((line) => !(isPage && line.startsWith('content-security-policy:')))
    .map((line) => line.replace(/^(x-request-id: )(?!an-id).*/, '$1*'))
    .sort()
  const rest = answer.slice(start + 4)
  const body = /^transfer-encoding: chunked/im.test(answer.slice(0, start)) ? joined(rest) : rest
  return (
    [status, ...headers, '', body]
      .join('\n')
      .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '*')
      // A refresh token serves for what is left of its session.
      .replace(/(=\*; Path=[^;\n]*; Max-Age=)\d+/g, '$1*')
      .replace(/nonce="[^"]+"/g, 'nonce=*')
      .replace(/"(iat|exp|nbf|jti|sid)":("[^"]*"|\d+)/g, '"$1":*')
  )
}

/** The content of a body that was sent in chunks (RFC 9112 §7.1). */
function joined(chunks: string): string {
  const [size = '', ...rest] = chunks.split('\r\n')
  const length = Number.parseInt(size, 16)
  if (!(length > 0)) return ''
  const from = rest.join('\r\n')
  return from.slice(0, length) + joined(from.slice(length + 2))
}
