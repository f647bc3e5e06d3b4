import 'server-only'
import { report } from './log'

/** In characters: enough for an error and its stack. */
const MAX_DETAIL = 2000
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escape sequences begin with a control character
const COLOURS = /\u001b\[[\d;]*m/g

interface Output {
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>
}

/**
 * Turns each text that Next.js or a library prints into a line of the log, so that its line breaks cannot forge other lines and a
 * flood of it is held back. A text that begins with `ownMark`, which is secret, is a line of middleware, which has no access to
 * the log; it is printed as it is, without the mark. The log itself does not write through these streams. Returns a function
 * that restores them.
 */
export function logPrintedLines(ownMark: string, output: Output = process): () => void {
  const restore = (['stdout', 'stderr'] as const).map((name) => {
    const stream = output[name]
    const { write } = stream
    const log = (text: string) => {
      if (text.startsWith(ownMark)) write.call(stream, text.slice(ownMark.length))
      else if (text.trim() !== '') report(`printed_${name}`, { detail: redact(text) })
    }
    stream.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
      log(typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk))
      const written = rest.find((argument) => typeof argument === 'function')
      if (written) process.nextTick(written as () => void)
      return true
    }
    return () => {
      stream.write = write
    }
  })
  // Node does not write its warnings through these streams.
  const before = process.listeners('warning')
  process.removeAllListeners('warning')
  const warned = ({ name, message }: Error) =>
    report('printed_stderr', { detail: redact(`${name}: ${message}`) })
  process.on('warning', warned)
  return () => {
    for (const restoreStream of restore) restoreStream()
    process.off('warning', warned)
    for (const listener of before) process.on('warning', listener)
  }
}

/** Removes colours, and the query strings and statement parameters, which may hold what a client sent. */
function redact(text: string): string {
  const lines = text.replace(COLOURS, '').trim().slice(0, MAX_DETAIL).split('\n')
  return lines
    .filter((line) => !line.startsWith('params: '))
    .join('\n')
    .replace(/\?\S*/g, '')
}
