import { connect } from 'node:net'
import os from 'node:os'

// Sends the given requests repeatedly, at most `perSecond`, and prints the statuses of the responses. It runs in its own
// process with the lowest priority, because the servers are measured.
const {
  port,
  perSecond,
  seconds,
  connections,
  address,
  requests,
  atLeast = 0,
} = JSON.parse(process.argv[2])
os.setPriority(os.constants.priority.PRIORITY_LOW)

const bytes = requests.map((request) => Buffer.from(request))
const idle = []
const statuses = {}
let sent = 0
let isOver = false

function open() {
  const socket = connect({ port, host: '127.0.0.1', localAddress: address }).setNoDelay(true)
  let received = ''
  socket.on('connect', () => idle.push(socket))
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
    if (!isWhole(received)) return
    const status = received.slice(9, 12)
    statuses[status] = (statuses[status] ?? 0) + 1
    received = ''
    idle.push(socket)
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    if (idle.includes(socket)) idle.splice(idle.indexOf(socket), 1)
    if (!isOver) open()
  })
}

function isWhole(answer) {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return false
  const [, length] = /content-length: (\d+)/i.exec(answer.slice(0, end)) ?? []
  return length === undefined
    ? answer.endsWith('0\r\n\r\n')
    : answer.length >= end + 4 + Number(length)
}

for (let count = 0; count < connections; count++) open()
const from = performance.now()
const lapsed = () => (performance.now() - from) / 1000

function send() {
  for (let due = lapsed() * perSecond - sent; due >= 1 && idle.length > 0; due--) {
    idle.shift().write(bytes[sent++ % bytes.length])
  }
  const answered = Object.values(statuses).reduce((sum, count) => sum + count, 0)
  if (lapsed() < seconds || answered < atLeast) return setTimeout(send, 1)
  isOver = true
  console.log(JSON.stringify({ perSecond: Math.round(answered / lapsed()), statuses }))
  process.exit()
}
send()
