import { codesOf, type Entry, type ResponseEntry } from './document'
import { bodyExample, exampleOf } from './example'
import { SchemaFields } from './schema-fields'
import { TryOperation } from './try-operation'

/** How a credential is called on the page. */
export type Credentials = Readonly<Record<string, string>>

/** An operation: how it is called, what it answers, and a form that calls it. */
export function OperationEntry({
  entry,
  credentials,
  origin,
}: {
  entry: Entry
  credentials: Credentials
  origin: string
}) {
  const { id, method, path, summary, description, parameters, body, security, responses } = entry
  const [mediaType, content] = Object.entries(body ?? {})[0] ?? []
  const example = mediaType && content ? bodyExample(mediaType, content.schema) : null
  return (
    <details id={id} data-testid="operation" className="group card p-0! scroll-mt-4">
      <summary className="flex min-h-12 cursor-pointer list-none flex-wrap items-center gap-x-3 gap-y-1 rounded-2xl px-4 py-3 sm:px-5">
        <span className="w-16 rounded-md border border-edge px-1.5 py-0.5 text-center font-mono text-xs font-semibold">
          {method}
        </span>
        <code className="font-semibold wrap-anywhere">{path}</code>
        <span className="basis-full text-muted sm:basis-auto">{summary}</span>
      </summary>
      <div className="space-y-6 border-t border-line px-4 py-5 sm:px-5">
        {description ? <Words text={description} /> : null}
        {security.length > 0 ? (
          <Part title="Credentials">
            <ul className="space-y-1 text-sm text-muted">
              {security.map((name) => (
                <li key={name}>
                  <Words text={name === 'none' ? 'Or none.' : (credentials[name] ?? name)} />
                </li>
              ))}
            </ul>
          </Part>
        ) : null}
        {parameters.length > 0 ? (
          <Part title="Parameters">
            <ul className="space-y-1 text-sm">
              {parameters.map((parameter) => (
                <li key={parameter.name}>
                  <code className="font-semibold wrap-anywhere">{parameter.name}</code>{' '}
                  <span className="text-muted">
                    in the {parameter.in}
                    {parameter.required ? '' : ', optional'}. <Words text={parameter.description} />
                  </span>
                </li>
              ))}
            </ul>
          </Part>
        ) : null}
        {body && content ? (
          <Part title={`Body: ${Object.keys(body).join(' or ')}`}>
            <SchemaFields schema={content.schema} />
          </Part>
        ) : null}
        <Part title="With curl">
          <Code text={curlOf(entry, origin, mediaType, example)} />
        </Part>
        <TryOperation
          id={id}
          method={method}
          path={path}
          parameters={parameters.map(({ in: place, name, required }) => ({
            place,
            name,
            required,
          }))}
          mediaType={mediaType ?? null}
          example={example}
          takesBearer={security.some((name) => /Bearer|Basic/.test(name))}
        />
        <Part title="Answers">
          <ul className="space-y-3">
            {responses.map((response) => (
              <Response key={response.status} response={response} />
            ))}
          </ul>
        </Part>
      </div>
    </details>
  )
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="space-y-2">
      <h3 className="font-semibold wrap-anywhere">{title}</h3>
      {children}
    </section>
  )
}

function Response({ response }: { response: ResponseEntry }) {
  const { status, description, headers, content } = response
  const json = content['application/json']?.schema
  const codes = json ? codesOf(json) : []
  return (
    <li className="grid gap-x-4 gap-y-1 sm:grid-cols-[3rem_minmax(0,1fr)]">
      <span className="font-mono font-semibold">{status}</span>
      <div className="min-w-0 space-y-2 text-sm">
        <p>
          <Words text={description} />
          {headers.length > 0 ? (
            <span className="text-muted"> Headers: {headers.join(', ')}.</span>
          ) : null}
        </p>
        {codes.length > 0 ? (
          <p className="text-muted wrap-anywhere">
            <code>{codes.join(', ')}</code>
          </p>
        ) : json && status.startsWith('2') ? (
          <>
            <SchemaFields schema={json} />
            <Code text={JSON.stringify(exampleOf(json), null, 2)} />
          </>
        ) : null}
      </div>
    </li>
  )
}

/** A text whose parts in backticks are code. */
function Words({ text }: { text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text do not move
      <code key={index} className="wrap-anywhere">
        {part}
      </code>
    ) : (
      part
    ),
  )
}

function Code({ text }: { text: string }) {
  return (
    <pre className="whitespace-pre-wrap rounded-xl border border-line bg-paper px-3 py-2 font-mono text-sm wrap-anywhere">
      {text}
    </pre>
  )
}

/** The operation as a command for a shell, with the cookies of a file or with a token. */
function curlOf(
  { method, path, security, body }: Entry,
  origin: string,
  mediaType: string | undefined,
  example: string | null,
): string {
  const usesCookies = security.some((name) => name.endsWith('Cookie')) || path === '/api/auth/login'
  const bearer = security.find((name) => name.endsWith('Bearer'))
  const parts = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}'${origin}${path}'`,
    ...(usesCookies ? ['-b jar.txt -c jar.txt'] : []),
    ...(!usesCookies && bearer ? ["-H 'Authorization: Bearer TOKEN'"] : []),
    ...(body && mediaType ? [`-H 'Content-Type: ${mediaType}'`] : []),
    ...(example ? [`-d '${inOneLine(example).replaceAll("'", "'\\''")}'`] : []),
  ]
  return parts.join(' \\\n  ')
}

function inOneLine(example: string): string {
  return example.startsWith('{') ? JSON.stringify(JSON.parse(example)) : example
}
