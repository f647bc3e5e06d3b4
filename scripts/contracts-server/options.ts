import { parseArgs } from 'node:util'
import { z } from 'zod'
import { parseDuration } from '@/config/duration'
import { listenHostname } from '../support/listen-hostname.mjs'

/** How the contracts are to be served. */
export interface Options {
  readonly port: number
  /** The address to listen at; undefined stands for every address of the machine. */
  readonly hostname: string | undefined
  /** How many processes share the port. */
  readonly processes: number
  /** How long `/api/metrics` waits for the metrics of the other processes. */
  readonly metricsTimeoutMs: number
}

type Environment = Readonly<Record<string, string | undefined>>

const PORT = 'must be a port number'
const PROCESSES = '--processes must be a number from 1 to 64'
const TIMEOUT = '--metrics-timeout must be a duration such as 5s, longer than nothing'

const port = (name: string) =>
  z
    .string()
    .regex(/^\d{1,5}$/, { error: `${name} ${PORT}` })
    .transform(Number)
    .refine((number) => number <= 65_535, { error: `${name} ${PORT}` })

const schema = z.object({
  port: port('--port').optional(),
  hostname: z.string().min(1, { error: '--hostname must be an address or a name' }).optional(),
  processes: z
    .string()
    .regex(/^\d{1,2}$/, { error: PROCESSES })
    .default('1')
    .transform(Number)
    .refine((count) => count >= 1 && count <= 64, { error: PROCESSES }),
  'metrics-timeout': z
    .string()
    .default('5s')
    .transform((text) => parseDuration(text) ?? 0)
    .refine((ms) => ms > 0, { error: TIMEOUT }),
})

/**
 * Reads the options of a command line, and `PORT`, `HOSTNAME` and `APP_ORIGIN` where an option is missing.
 * @throws Error that says in one sentence what is wrong.
 */
export function readOptions(args: readonly string[], env: Environment): Options {
  const parsed = schema.safeParse(parseCommandLine(args))
  if (!parsed.success) throw new Error(messagesOf(parsed.error))
  const {
    hostname = listenHostname(env),
    processes,
    'metrics-timeout': metricsTimeoutMs,
  } = parsed.data
  return { port: parsed.data.port ?? portOf(env), hostname, processes, metricsTimeoutMs }
}

function portOf({ PORT: given = '' }: Environment): number {
  const parsed = port('PORT').safeParse(given || '3001')
  if (!parsed.success) throw new Error(messagesOf(parsed.error))
  return parsed.data
}

function parseCommandLine(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', short: 'p' },
        hostname: { type: 'string', short: 'H' },
        processes: { type: 'string' },
        'metrics-timeout': { type: 'string' },
      },
    }).values
  } catch (error) {
    // Node adds advice on other command lines.
    const [first = ''] = (error as Error).message.split(/[.\n] ?/, 1)
    throw new Error(first)
  }
}

function messagesOf({ issues }: z.ZodError): string {
  return [...new Set(issues.map(({ message }) => message))].join('; ')
}
