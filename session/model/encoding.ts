import type { Challenge, Message, Token, World } from './world'

/** Encodes a world as a short string, the same for worlds that differ only in the order of their messages. */
export function encode({ row, jar, disk, backup, messages, thief }: World): string {
  let text = token(row.at) + token(row.parent) + held(jar) + fact(row.age)
  if (disk) text += `d${held(disk)}${fact(disk.age)}`
  if (backup) text += `b${token(backup.at)}${token(backup.parent)}${fact(backup.age)}`
  if (thief) {
    const { got, victimGot, rounds, holds } = thief
    text += `t${fact(Number(got) + 2 * Number(victimGot) + 4 * rounds)}`
    for (const one of holds) text += token(one)
  }
  const [first, ...others] = messages
  if (first === undefined) return text
  if (others.length === 0) return text + encodeMessage(first)
  return text + messages.map(encodeMessage).sort().join('')
}

const fact = (number: number) => String.fromCharCode(number)
const token = (position: Token) => String.fromCharCode(position / 65_536, position % 65_536)
const held = (of: { token: Token; challenge: Challenge | null }) =>
  token(of.token) + challenge(of.challenge)

function challenge(made: Challenge | null): string {
  return made === null ? '-' : `c${token(made.at)}${fact(made.age + 8 * made.ordinal)}`
}

function encodeMessage(message: Message): string {
  const isRequest = message.kind === 'request'
  const flags =
    Number(isRequest) +
    2 * Number(message.accessOnly) +
    4 * Number(isRequest && message.deaf) +
    8 * Number(isRequest && message.retried) +
    16 * Number(message.token !== null)
  const carried = token(message.token ?? 0) + challenge(message.challenge)
  return `m${fact(flags)}${carried}${fact(message.age)}`
}
