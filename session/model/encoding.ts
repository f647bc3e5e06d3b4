import type { Challenge, Message, World } from './world'

/** One character a fact; the order of messages under way means nothing. */
export function encode({ row, jar, disk, backup, messages, thief }: World): string {
  const facts = [row.at, row.parent, row.age, jar.token, mark(jar.challenge)]
  facts.push(disk ? disk.token + 256 * (disk.age + 1) : 0, disk ? mark(disk.challenge) : 0)
  if (backup) facts.push(backup.at, backup.parent, backup.age)
  else facts.push(0)
  if (thief) {
    const { got, victimGot, victimCame, rounds, holds } = thief
    const scores = Number(got) + 2 * Number(victimGot) + 4 * Number(victimCame) + 8 * rounds
    facts.push(scores + 1, holds.length, ...holds)
  } else facts.push(0)
  const marks = messages.map(markMessage)
  if (marks.length > 1) marks.sort((a, b) => a - b)
  for (const message of marks) facts.push(Math.floor(message / 65536), message % 65536)
  return String.fromCharCode(...facts)
}

function mark(challenge: Challenge | null): number {
  return challenge === null ? 0 : challenge.at + 256 * (challenge.age + 8 * challenge.attempt)
}

function markMessage(message: Message): number {
  const isRequest = message.kind === 'request'
  const flags =
    Number(isRequest) +
    2 * Number(message.accessOnly) +
    4 * Number(isRequest && message.deaf) +
    8 * Number(isRequest && message.retried)
  const token = message.token ?? 0
  return (token + 256 * (message.age + 8 * flags)) * 65536 + mark(message.challenge)
}
