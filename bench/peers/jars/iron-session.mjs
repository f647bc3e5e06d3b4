import { sealData } from 'iron-session'
import { nameOf, print } from './print.mjs'

await print(async (n) => {
  const sealed = await sealData(
    { name: nameOf(n), userId: String(n) },
    { password: process.env.IRON_PASSWORD },
  )
  return `iron=${sealed}`
})
