import 'server-only'
import { report } from './log'

/** Enough for an error and where it was thrown. */
const MAX_DETAIL = 2000
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of a terminal begin with one
const COLOURS = /\u001b\[[\d;]*m/g

interface Output {
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>
}

/**
 * From now on each text that Next.js or a library prints is a line of the log, so that its line breaks forge no other line and a
 * flood of it is held back. What begins with `ownMark` is a line of middleware's, which has no access to the log:
 * the mark is secret. The log itself writes past these streams. Returns a function that gives them back.
 */
export function logPrintedLines(ownMark: string, output: Output = process): () => void {
  const restore = (['stdout', 'stderr'] as const).map((name) => {
    const stream = output[name]
    const { write } = stream
    const tell = (text: string) => {
      if (text.startsWith(ownMark)) write.call(stream, text.slice(ownMark.length))
      else if (text.trim() !== '') report(`printed_${name}`, { detail: discreet(text) })
    }
    stream.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
      tell(typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk))
      const written = rest.find((argument) => typeof argument === 'function')
      if (written) process.nextTick(written as () => void)
      return true
    }
    return () => {
      stream.write = write
    }
  })
  // Node writes its warnings past both streams.
  const before = process.listeners('warning')
  process.removeAllListeners('warning')
  const warned = ({ name, message }: Error) =>
    report('printed_stderr', { detail: discreet(`${name}: ${message}`) })
  process.on('warning', warned)
  return () => {
    for (const giveBack of restore) giveBack()
    process.off('warning', warned)
    for (const listener of before) process.on('warning', listener)
  }
}

/** Without colours, queries, and the parameters of a statement, any of which may be what somebody sent. */
function discreet(text: string): string {
  const lines = text.replace(COLOURS, '').trim().slice(0, MAX_DETAIL).split('\n')
  return lines
    .filter((line) => !line.startsWith('params: '))
    .join('\n')
    .replace(/\?\S*/g, '')
}
