'use client'

import { useState } from 'react'
import { fetchAsShown } from '../../_components/browser-person'

interface Parameter {
  readonly place: 'path' | 'query' | 'header' | 'cookie'
  readonly name: string
  readonly required: boolean
}

interface Answer {
  readonly status: string
  readonly body: string
}

/** A form that calls an operation with the cookies of this browser, and shows the answer. It needs scripts. */
export function TryOperation({
  id,
  method,
  path,
  parameters,
  mediaType,
  example,
  takesBearer,
}: {
  id: string
  method: string
  path: string
  parameters: readonly Parameter[]
  mediaType: string | null
  example: string | null
  takesBearer: boolean
}) {
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [isAsking, setIsAsking] = useState(false)

  async function send(form: FormData): Promise<void> {
    setIsAsking(true)
    setAnswer(await call(form, { method, path, parameters, mediaType }))
    setIsAsking(false)
  }

  return (
    <form
      data-testid="try"
      className="space-y-3 noscript:hidden"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isAsking) void send(new FormData(event.currentTarget))
      }}
    >
      <h3 className="font-semibold">Try it</h3>
      {parameters.map(({ name, required }) => (
        <Line
          key={name}
          id={`${id}-${name}`}
          label={name}
          name={`parameter ${name}`}
          required={required}
        />
      ))}
      {takesBearer ? (
        <Line
          id={`${id}-token`}
          label="Authorization (optional)"
          name="authorization"
          placeholder="Bearer …"
        />
      ) : null}
      {example === null ? null : (
        <label className="block space-y-1">
          <span className="block text-sm font-medium">Body</span>
          <textarea
            name="body"
            rows={Math.min(8, example.split('\n').length + 1)}
            className="input font-mono text-sm"
            spellCheck={false}
            defaultValue={example}
          />
        </label>
      )}
      <button type="submit" className="button-quiet" aria-disabled={isAsking}>
        {isAsking ? 'Sending…' : `Send ${method} ${path}`}
      </button>
      <div role="status" data-testid="answer">
        {answer ? (
          <>
            <p className="font-mono font-semibold">{answer.status}</p>
            <pre
              className="mt-1 max-h-96 overflow-auto whitespace-pre-wrap rounded-xl border border-line bg-paper px-3 py-2 font-mono text-sm wrap-anywhere"
              tabIndex={-1}
            >
              {answer.body}
            </pre>
          </>
        ) : null}
      </div>
    </form>
  )
}

function Line({
  id,
  label,
  ...input
}: React.InputHTMLAttributes<HTMLInputElement> & { id: string; label: string }) {
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      <input
        {...input}
        id={id}
        className="input font-mono text-sm"
        autoComplete="off"
        spellCheck={false}
      />
    </div>
  )
}

/** How many characters of an answer are read: a stream never ends. */
const MAX_SHOWN = 20_000
const STREAM_MS = 2000

async function call(
  form: FormData,
  {
    method,
    path,
    parameters,
    mediaType,
  }: { method: string; path: string; parameters: readonly Parameter[]; mediaType: string | null },
): Promise<Answer> {
  const given = (name: string) => `${form.get(name) ?? ''}`
  const url = new URL(
    path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(given(`parameter ${name}`))),
    location.origin,
  )
  const headers = new Headers()
  for (const { place, name } of parameters) {
    const value = given(`parameter ${name}`)
    if (value === '') continue
    if (place === 'query') url.searchParams.set(name, value)
    if (place === 'header') headers.set(name, value)
  }
  if (given('authorization') !== '') headers.set('Authorization', given('authorization'))
  const body = given('body')
  if (mediaType && body !== '') headers.set('Content-Type', mediaType)
  try {
    const response = await fetchAsShown(url, {
      ...{ method, headers, cache: 'no-store', redirect: 'manual' },
      ...(mediaType && body !== '' ? { body } : {}),
    })
    if (response.type === 'opaqueredirect') return { status: 'A redirect', body: '' }
    return {
      status: `${response.status} ${response.statusText}`.trim(),
      body: readable(await textOf(response)),
    }
  } catch {
    return { status: 'No answer', body: 'The request failed, or its answer was lost.' }
  }
}

async function textOf(response: Response): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
  const timer = isStream ? setTimeout(() => reader?.cancel(), STREAM_MS) : undefined
  let text = ''
  while (reader && text.length < MAX_SHOWN) {
    const { done, value } = await reader.read()
    if (done) break
    text += value
  }
  clearTimeout(timer)
  await reader?.cancel()
  return text
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
