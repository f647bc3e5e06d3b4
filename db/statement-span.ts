import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

/** Runs a statement in a span of its own where somebody traces; else none is made. Never with what it is run with. */
export type StatementSpan = <T>(run: () => T) => T

/**
 * The span of each execution of a statement, named by what it does to which tables (OpenTelemetry semantic conventions for SQL).
 * To be made once a statement: reading its text is not for the hot path.
 */
export function statementSpan(system: 'sqlite' | 'postgresql', text: string): StatementSpan {
  const operation = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'SQL'
  const tables = new Set(
    [...text.matchAll(/\b(?:from|into|update|join)\s+"?(?!set\b)(\w+)"?/gi)].map(
      ([, name]) => name,
    ),
  )
  const summary = [operation, ...tables].join(' ')
  const [table] = tables
  const attributes: Attributes = {
    'db.system.name': system,
    'db.operation.name': operation,
    'db.query.summary': summary,
    ...(table !== undefined && { 'db.collection.name': table }),
  }
  return (run) => {
    if (!trace.getActiveSpan()?.isRecording()) return run()
    const options = { kind: SpanKind.CLIENT, attributes }
    return trace
      .getTracer('rekindle')
      .startActiveSpan(summary, options, (span) => traced(span, run))
  }
}

function traced<T>(span: Span, run: () => T): T {
  try {
    const result = run()
    if (!(result instanceof Promise)) {
      span.end()
      return result
    }
    return result.then(
      (value) => {
        span.end()
        return value
      },
      (error) => fail(span, error),
    ) as T
  } catch (error) {
    return fail(span, error)
  }
}

function fail(span: Span, error: unknown): never {
  const { code, name } = error as { code?: unknown; name?: unknown }
  span.setAttribute('error.type', String(code ?? name ?? 'unknown'))
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
  throw error
}
