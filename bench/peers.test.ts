import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))

it.each(['next', 'react', 'react-dom', 'better-sqlite3', 'jose'])(
  'The peers are measured with the version of %s that the app has',
  (name) => {
    const locked = read('package-lock.json').packages[`node_modules/${name}`].version
    expect(read('bench/peers/package.json').dependencies[name]).toBe(locked)
    const peers = read('bench/peers/package-lock.json').packages
    expect(peers[`node_modules/${name}`].version).toBe(locked)
  },
)

it('The app depends on none of the peers', () => {
  const { dependencies, devDependencies } = read('package.json')
  const own = Object.keys({ ...dependencies, ...devDependencies })
  const peers = Object.keys(read('bench/peers/package.json').dependencies)
  expect(peers.filter((name) => own.includes(name)).sort()).toEqual([
    'better-sqlite3',
    'jose',
    'next',
    'react',
    'react-dom',
  ])
})
