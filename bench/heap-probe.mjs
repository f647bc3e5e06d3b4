// Answers the bench's question for the heap in use after a full collection.
process.on('message', (question) => {
  if (question !== 'heap') return
  globalThis.gc()
  globalThis.gc()
  process.send(process.memoryUsage().heapUsed)
})
process.channel?.unref()
