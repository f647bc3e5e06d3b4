import { parseArgs } from 'node:util'
import nextEnv from '@next/env'
import { privateKeys } from '@/config/access-token-keys'
import { generateJwk } from '@/session/keys/key-generation'
import { algorithmOf, type PrivateJwk, readKeyPairs } from '@/session/keys/key-pair'

const USAGE = 'Usage: npm run keys:generate -- [--alg EdDSA|ES256] [--add] | --promote | --retire'
const PRIVATE =
  'These lines hold private keys: keep them where your secrets are kept, and nowhere else.'
const MADE =
  'With several servers, set ACCESS_TOKEN_KEYS on all of them before ACCESS_TOKEN_ALG on any.'
const ADDED =
  'The new key verifies and is published. Once all servers have it, five minutes later: --promote'
const PROMOTED =
  'The new key signs. Once all servers have it, and one ACCESS_TOKEN_TTL later: --retire'
const RETIRED = 'Tokens of any other key are refused from now on.'

/** The keys to configure, and what to do with them. */
interface Outcome {
  readonly keys: readonly PrivateJwk[]
  /** True if ACCESS_TOKEN_ALG changes to the algorithm of the first key, which then signs. */
  readonly signs: boolean
  readonly advice: string
}

class UsageError extends Error {}

nextEnv.loadEnvConfig(process.cwd(), false, { info: () => {}, error: console.error })
try {
  const options = parseOptions()
  const { keys, signs, advice } = await change(givenKeys(), options)
  const [first] = keys
  console.error(options.add ? PRIVATE : `${PRIVATE}\n${advice}`)
  if (signs && first) console.log(`ACCESS_TOKEN_ALG=${algorithmOf(first)}`)
  console.log(`ACCESS_TOKEN_KEYS='${JSON.stringify({ keys })}'`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}

type Options = ReturnType<typeof parseOptions>

function parseOptions() {
  try {
    const { values } = parseArgs({
      options: {
        alg: { type: 'string' },
        add: { type: 'boolean', default: false },
        promote: { type: 'boolean', default: false },
        retire: { type: 'boolean', default: false },
      },
    })
    const { alg = 'EdDSA', add, promote, retire } = values
    if (alg !== 'EdDSA' && alg !== 'ES256') throw new Error('--alg is EdDSA or ES256')
    const makes = add || values.alg !== undefined
    if (Number(makes) + Number(promote) + Number(retire) > 1) {
      throw new Error('A key is added, promoted or retired: one at a time')
    }
    return { alg, add, promote, retire } as const
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${USAGE}`)
  }
}

/** Returns the configured keys. It throws if the value is wrong, so that the value is not replaced. */
function givenKeys(): readonly PrivateJwk[] {
  const text = process.env.ACCESS_TOKEN_KEYS
  if (!text) return []
  const parsed = privateKeys.safeParse(text)
  if (!parsed.success) throw new Error(`ACCESS_TOKEN_KEYS ${parsed.error.issues[0]?.message}`)
  return readKeyPairs(text)
}

async function change(given: readonly PrivateJwk[], options: Options): Promise<Outcome> {
  const [first, last] = [given[0], given.at(-1)]
  if (!options.promote && !options.retire) {
    const keys = [...given, await generateJwk(options.alg)]
    return first ? { keys, signs: false, advice: ADDED } : { keys, signs: true, advice: MADE }
  }
  if (!first || !last) throw new UsageError('ACCESS_TOKEN_KEYS is not set: there is no key yet')
  if (options.retire) return { keys: [first], signs: false, advice: RETIRED }
  return { keys: [last, ...given.slice(0, -1)], signs: true, advice: PROMOTED }
}
