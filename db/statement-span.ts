import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

/** Runs a statement in its own span if the request is traced. The span never holds the statement's values. */
export type StatementSpan = <T>(run: () => T) => T

/**
 * Traces a statement in a span named by its operation and its tables. The text is parsed when the returned function
 * is first traced; on SQLite that is once a statement, on PostgreSQL each query has a function of its own. Source: OpenTelemetry
 * semantic conventions for SQL database client operations.
 */
export function statementSpan(system: 'sqlite' | 'postgresql', text: string): StatementSpan {
  let summary: Summary | null = null
  return (run) => {
    if (!trace.getActiveSpan()?.isRecording()) return run()
    summary ??= summaryOf(system, text)
    const options = { kind: SpanKind.CLIENT, attributes: summary.attributes }
    return trace
      .getTracer('rekindle')
      .startActiveSpan(summary.name, options, (span) => traced(span, run))
  }
}

interface Summary {
  readonly name: string
  readonly attributes: Attributes
}

function summaryOf(system: string, text: string): Summary {
  const first = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'SQL'
  const beginsWithCte = first === 'WITH'
  // Not the UPDATE of `FOR UPDATE`, which locks rows and writes nothing.
  const writeVerb = /\b(?<!for )(?:insert|update|delete)\b/i.exec(text)?.[0].toUpperCase()
  const operation = beginsWithCte ? (writeVerb ?? 'SELECT') : first
  const cteNames = beginsWithCte
    ? [...text.matchAll(/"?(\w+)"?\s+as\s*\(/gi)].map(([, name]) => name)
    : []
  // After `update` may stand no table: in `DO UPDATE SET` and in `FOR UPDATE OF`, `SKIP LOCKED` or `NOWAIT`.
  const named = text.matchAll(
    /\b(?:from|into|update|join)\s+"?(?!(?:set|of|skip|nowait)\b)(\w+)"?/gi,
  )
  const tables = [...new Set([...named].map(([, name]) => name))]
  const [table, ...others] = tables.filter((name) => !cteNames.includes(name))
  const name = [operation, table, ...others].filter(Boolean).join(' ')
  const attributes = {
    'db.system.name': system,
    'db.operation.name': operation,
    'db.query.summary': name,
    ...(table !== undefined && { 'db.collection.name': table }),
  }
  return { name, attributes }
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
