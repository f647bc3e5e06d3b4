import { connect } from 'node:net'
import os from 'node:os'

// Holds endless posts and unsupported upgrades open, and requests a page again and again. It runs in its own process
// with the lowest priority, because the server is measured. It ends with its standard input, and then prints how many
// responses of each kind it received.
const { port, address, posts, upgrades, loops, cookie } = JSON.parse(process.argv[2])
os.setPriority(os.constants.priority.PRIORITY_LOW)

const answers = { posts: 0, upgrades: 0, loops: 0 }
const answered = new Set()
let opened = 0
let isOver = false

function hold(kind, text, more) {
  const socket = connect({ port, host: '127.0.0.1', localAddress: address })
  // As fast as the server reads, so that a server which keeps what it reads has no memory left.
  const goOn = () => {
    while (socket.writable && socket.write(more));
  }
  socket.on('connect', () => {
    opened++
    socket.write(text)
    if (more) socket.on('drain', goOn) && goOn()
  })
  socket.on('data', () => {
    answers[kind]++
    if (kind === 'upgrades') answered.add(socket)
  })
  socket.on('error', () => {})
}

function loop(text) {
  const socket = connect({ port, host: '127.0.0.1', localAddress: address }).setNoDelay(true)
  let received = ''
  socket.on('connect', () => socket.write(text))
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
    if (!received.endsWith('0\r\n\r\n')) return
    answers.loops++
    received = ''
    socket.write(text)
  })
  socket.on('error', () => {})
  socket.on('close', () => !isOver && setTimeout(loop, 100, text))
}

const host = 'Host: localhost\r\n'
for (let count = 0; count < posts; count++) {
  // Half of the posts declare a small length. The other half are chunked and continue as long as the server reads.
  if (count % 2 === 0)
    hold(
      'posts',
      `POST /sign-in HTTP/1.1\r\n${host}Content-Length: 60000\r\n\r\n${'x'.repeat(59_000)}`,
    )
  else
    hold(
      'posts',
      `POST /sign-in HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`,
      `4000\r\n${'x'.repeat(0x4000)}\r\n`,
    )
}
for (let count = 0; count < upgrades; count++) {
  hold(
    'upgrades',
    `GET /sign-in HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
}
for (let count = 0; count < loops; count++) {
  loop(`GET /sign-in HTTP/1.1\r\n${host}Cookie: ${cookie}\r\n\r\n`)
}

const ready = setInterval(() => {
  // The server answers an upgrade with a page. Until all are answered, they are a burst of ordinary page requests.
  if (opened < posts + upgrades || answered.size < upgrades) return
  clearInterval(ready)
  console.log('ready')
}, 50)
process.stdin.resume().on('end', () => {
  isOver = true
  console.log(JSON.stringify(answers))
  process.exit()
})
