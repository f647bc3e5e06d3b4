import 'server-only'

/** The parts of an error that may be written to a log or a span. */
export interface ErrorDescription {
  readonly type: string
  readonly message: string
  readonly code?: string
  /** The stack frames, without the message that `Error.stack` begins with. */
  readonly stack?: string
}

/**
 * Describes an error without personal data. A database library puts the parameters of a statement into its message, and they
 * are names, addresses and hashes.
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

/** The message of an error, and of its cause where that says more, without the parameters of a statement. */
export function withoutParameters({ message, cause }: { message: string; cause?: unknown }) {
  const [head = ''] = message.split(/\n?params: /, 1)
  if (!(cause instanceof Error)) return head
  // Drizzle's own message says only which query failed; the cause says why.
  const [reason = ''] = cause.message.split(/\n?params: /, 1)
  return head.endsWith(reason) ? head : `${head}: ${reason}`
}
