import { parseArgs } from 'node:util'
import { z } from 'zod'

/** The parts of the benchmark, in the order in which they run. The last two run only if they are named. */
export const PARTS = [
  'speed',
  'page',
  'refresh',
  'storm',
  'sign-in',
  'growth',
  'prune',
  'start',
  'profile',
  'soak',
] as const
export type PartName = (typeof PARTS)[number]
const NAMED_ONLY: readonly PartName[] = ['profile', 'soak']

export interface Options {
  readonly parts: readonly PartName[]
  /** Few requests, to see that everything runs. The numbers mean little. */
  readonly quick: boolean
  /** Growth goes to ten million sessions. */
  readonly huge: boolean
  /** Builds that are there are used again. */
  readonly keepBuilds: boolean
  /** Writes the plots to docs/performance, too. */
  readonly publish: boolean
}

const schema = z.object({
  parts: z.array(
    z.enum(PARTS, {
      error: ({ input }) => `${input} is no part. The parts are: ${PARTS.join(', ')}`,
    }),
  ),
  flags: z.object({
    quick: z.boolean().default(false),
    soak: z.boolean().default(false),
    huge: z.boolean().default(false),
    'keep-builds': z.boolean().default(false),
    publish: z.boolean().default(false),
  }),
})

/**
 * Reads a command line such as `page refresh --quick`. Without a part, all run but the profile and the soak.
 * @throws Error with a sentence, if it names something that there is not.
 */
export function readOptions(args: readonly string[]): Options {
  const flag = { type: 'boolean' } as const
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { quick: flag, soak: flag, huge: flag, 'keep-builds': flag, publish: flag },
  })
  const parsed = schema.safeParse({ parts: positionals, flags: values })
  if (!parsed.success) throw new Error(parsed.error.issues.map(({ message }) => message).join('\n'))
  const { parts, flags } = parsed.data
  const named: PartName[] = [...parts, ...(flags.soak ? (['soak'] as const) : [])]
  const chosen =
    parts.length > 0 ? named : [...PARTS.filter((part) => !NAMED_ONLY.includes(part)), ...named]
  return {
    parts: PARTS.filter((part) => chosen.includes(part)),
    quick: flags.quick,
    huge: flags.huge,
    keepBuilds: flags['keep-builds'],
    publish: flags.publish,
  }
}
