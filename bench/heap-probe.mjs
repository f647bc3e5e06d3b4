// Sends the benchmark the bytes of heap in use after a full collection, when it asks.
process.on('message', (question) => {
  if (question !== 'heap') return
  globalThis.gc()
  globalThis.gc()
  process.send(process.memoryUsage().heapUsed)
})
process.channel?.unref()
