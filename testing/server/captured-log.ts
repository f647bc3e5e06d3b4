import { type Log, openLog } from '@/server/telemetry/log'

const slot = globalThis as { rekindleLog?: Log | undefined }

/** Captures what is logged from now on. `lines` returns it, and `stop` restores the previous log. */
export function captureLog(level: Parameters<typeof openLog>[0] = 'trace') {
  const text: string[] = []
  const before = slot.rekindleLog
  slot.rekindleLog = openLog(level, { write: (line) => void text.push(line) })
  return {
    lines: () => text.map((line): Record<string, unknown> => JSON.parse(line)),
    stop: () => {
      slot.rekindleLog = before
    },
  }
}
