import 'server-only'
import { describeError, withoutParameters } from '../http/error-description'
import { report } from '../telemetry/log'

type Terminal = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>

/** Says why the server does not start, in one line: to a person at a terminal in plain words, else to the log as JSON. */
export function reportStartFailure(error: unknown, terminal: Terminal = process.stdout): void {
  if (terminal.isTTY) {
    const message = error instanceof Error ? withoutParameters(error) : 'not an Error'
    terminal.write(`Rekindle cannot start: ${inOneLine(message)}\n`)
  } else {
    report('start_failed', { error: describeError(error) })
  }
}

/** Says what is probably not meant, in the same two ways. */
export function reportConfigWarning(detail: string, terminal: Terminal = process.stdout): void {
  if (terminal.isTTY) terminal.write(`Warning: ${inOneLine(detail)}\n`)
  else report('config_warning', { detail })
}

function inOneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '').join('; ')
}
