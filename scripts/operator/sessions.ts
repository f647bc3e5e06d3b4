import { z } from 'zod'
import { userName } from '@/contracts/credentials'
import { deviceName } from '@/server/auth/account/device-name'
import { endSession, endSessionsOf, sessionsOf } from '@/server/process/operator'
import type { Session } from '@/session/session'
import { command } from './command'

const sessionId = z
  .string()
  .regex(/^[\w-]{22}$/, { error: 'A session id has 22 characters of A-Z a-z 0-9 - _' })
const option = z.enum(['--json'], { error: 'The only option is --json' }).optional()
const verb = z.enum(['list', 'end', 'end-all'], { error: 'The verbs are list, end and end-all' })

await command(
  'sessions -- list <user> | end <session-id> | end-all <user> [--json]',
  async ([first, subject, last, ...rest]) => {
    const asked = verb.parse(first)
    const isJson = option.parse(last) !== undefined
    if (rest.length > 0) throw new Error('Too many arguments')
    const say = (words: string, facts: object) =>
      console.log(isJson ? JSON.stringify(facts) : words)

    if (asked === 'list') {
      const sessions = (await sessionsOf(userName.parse(subject))).map(described)
      say(sessions.map(line).join('\n') || 'No live session', sessions)
    } else if (asked === 'end') {
      await endSession(sessionId.parse(subject))
      say('Ended', { ended: 1 })
    } else {
      const ended = await endSessionsOf(userName.parse(subject))
      say(`${ended} session(s) ended`, { ended })
    }
  },
)

/** What an operator needs to tell sessions apart. The id is not a token and gives no access. */
function described({ id, userAgent, address, createdAt, issuedAt, expiresAt }: Session) {
  return {
    id,
    device: deviceName(userAgent).label,
    address,
    signedInAt: new Date(createdAt).toISOString(),
    lastSeenAt: new Date(issuedAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  }
}

function line({ id, device, address, signedInAt, lastSeenAt }: ReturnType<typeof described>) {
  return `${id}  ${device}, ${address}, signed in ${signedInAt}, last seen ${lastSeenAt}`
}
