import { writeFileSync } from 'node:fs'
import { llmsText } from './llms.mjs'

writeFileSync('public/llms.txt', llmsText())
