import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'

// Lets the benchmark look into a server: at its memory after a full collection, and at where its time goes.
const session = new Session()

const answers = {
  async memory() {
    globalThis.gc()
    globalThis.gc()
    const handles = process.getActiveResourcesInfo().length
    return { heap: process.memoryUsage().heapUsed, handles }
  },
  async startProfile() {
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: 200 })
    await session.post('Profiler.start')
    return {}
  },
  async stopProfile(file) {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    writeFileSync(file, JSON.stringify(profile))
    return {}
  },
}

process.on('message', async (message) => {
  const answer = answers[message?.ask]
  if (answer) process.send(await answer(message.file))
})
process.channel?.unref()
