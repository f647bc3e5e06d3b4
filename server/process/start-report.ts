import 'server-only'
import { describeError, withoutParameters } from '../http/error-description'
import { report } from '../telemetry/log'

type Terminal = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>

/** Reports in one line why the server does not start: in plain words on a terminal, else as JSON in the log. */
export function reportStartFailure(error: unknown, terminal: Terminal = process.stdout): void {
  if (terminal.isTTY) {
    const message = error instanceof Error ? withoutParameters(error) : 'not an Error'
    terminal.write(`Rekindle cannot start: ${inOneLine(message)}\n`)
  } else {
    report('start_failed', { error: describeError(error) })
  }
}

/** Reports a setting that is probably a mistake, in one line, as `reportStartFailure` does. */
export function reportConfigWarning(detail: string, terminal: Terminal = process.stdout): void {
  if (terminal.isTTY) terminal.write(`Warning: ${inOneLine(detail)}\n`)
  else report('config_warning', { detail })
}

function inOneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '').join('; ')
}
