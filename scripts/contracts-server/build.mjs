import { rmSync } from 'node:fs'
import { build } from 'esbuild'

// Builds the contracts server, as a part of `npm run build`. Packages stay where they are; the modules of this repository become a
// few files, which start and run faster than modules that are transpiled as they are loaded.
const outdir = '.contracts'
rmSync(outdir, { recursive: true, force: true })
await build({
  entryPoints: ['scripts/contracts-server/serve.ts'],
  outdir,
  bundle: true,
  // What is imported later, such as the lab and the other database engine, is not loaded at the start.
  splitting: true,
  packages: 'external',
  conditions: ['react-server'],
  format: 'esm',
  platform: 'node',
  target: 'node20.9',
  outExtension: { '.js': '.mjs' },
  sourcemap: 'linked',
  logLevel: 'warning',
})
