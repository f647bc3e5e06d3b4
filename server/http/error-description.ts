import 'server-only'

/** What may be told of an error in a log or a span. */
export interface ErrorDescription {
  readonly type: string
  readonly message: string
  readonly code?: string
  /** Where it was thrown: the frames alone. */
  readonly stack?: string
}

/**
 * An error without what it was about: a database library puts the parameters of a statement into its message, and those are
 * names, addresses and hashes.
 */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error' }
  const { code } = error as { code?: unknown }
  const frames = error.stack?.match(/^ {4}at .*$/gm)?.join('\n')
  return {
    type: error.name,
    message: withoutParameters(error),
    ...(typeof code === 'string' && { code }),
    ...(frames && { stack: frames }),
  }
}

/** Text of an error for a reader: what came with a statement stays here. */
export function withoutParameters({ message, cause }: { message: string; cause?: unknown }) {
  const [head = ''] = message.split(/\n?params: /, 1)
  if (!(cause instanceof Error)) return head
  // What the library wrapped says more than that it failed.
  const [reason = ''] = cause.message.split(/\n?params: /, 1)
  return head.endsWith(reason) ? head : `${head}: ${reason}`
}
