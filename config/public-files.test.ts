import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import nextConfig from '@/next.config'
import { publicFiles } from './public-files'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rekindle-public-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('finds each file, in any folder, under the path at which it is served', async () => {
  expect(publicFiles(folder)).toEqual([])
  await mkdir(join(folder, '.well-known', 'deep'), { recursive: true })
  await mkdir(join(folder, 'empty'))
  for (const name of ['logo.png', 'an image (1).svg', '.well-known/deep/apps.json']) {
    await writeFile(join(folder, name), '')
  }
  expect(publicFiles(folder)).toEqual([
    '/.well-known/deep/apps.json',
    '/an image (1).svg',
    '/logo.png',
  ])
})

it('a folder that does not exist has no files', () => {
  expect(publicFiles(join(folder, 'nowhere'))).toEqual([])
})

it('the build tells middleware of each file of public/', () => {
  expect(JSON.parse(nextConfig.env?.PUBLIC_FILES ?? '')).toEqual(publicFiles('public'))
  expect(publicFiles('public')).toContain('/robots.txt')
})
