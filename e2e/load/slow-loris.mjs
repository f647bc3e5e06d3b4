import { connect } from 'node:net'
import os from 'node:os'

// Opens connections, each of which begins a request and continues it with a byte a second, without end. It prints how
// many are open when all have been opened, and again when its standard input ends. It runs in its own process with the
// lowest priority.
const { targets, connections, address } = JSON.parse(process.argv[2])
os.setPriority(os.constants.priority.PRIORITY_LOW)
const SLICES = 100

const sockets = Array.from({ length: connections }, (_, index) => {
  const { port, beginning } = targets[index % targets.length]
  const socket = connect({ port, host: '127.0.0.1', localAddress: address })
  socket.on('connect', () => socket.write(beginning))
  return socket.on('error', () => {})
})
const tell = () => {
  process.stdout.write(`${sockets.filter(({ readyState }) => readyState === 'open').length}\n`)
}
const told = setInterval(() => {
  if (sockets.some(({ connecting }) => connecting)) return
  clearInterval(told)
  tell()
}, 20)
let turn = 0
setInterval(() => {
  turn += 1
  for (let n = turn % SLICES; n < connections; n += SLICES) {
    if (sockets[n].writable) sockets[n].write('a')
  }
}, 1000 / SLICES)
process.stdin.resume().on('close', () => {
  tell()
  process.exit()
})
