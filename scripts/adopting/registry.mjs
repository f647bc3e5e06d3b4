import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { filesToAdopt, packagesToAdopt, ROOT } from './files.mjs'

const NEXT_STEPS =
  'The files and packages are there. docs/adopting.md says what connects them to your app, from step 3.'

/**
 * The index of a registry in shadcn's format (https://ui.shadcn.com/docs/registry), with one item: the files of docs/adopting.md,
 * each with the place that it takes in an app.
 */
export function registry() {
  return {
    $schema: 'https://ui.shadcn.com/schema/registry.json',
    name: 'rekindle',
    homepage: 'https://rekindle.invalid',
    items: [item()],
  }
}

/** The item with the text of each file in it, as `shadcn add` reads it from a file or an address. */
export function inlinedItem() {
  const { files, ...rest } = item()
  return {
    $schema: 'https://ui.shadcn.com/schema/registry-item.json',
    ...rest,
    files: files.map((file) => ({ ...file, content: textOf(file) })),
  }
}

/**
 * The text of a file, with relative imports: `shadcn add` takes an import through an alias for one of any copied file that has the
 * same name.
 */
function textOf({ path, target }) {
  const folder = posix.dirname(target.slice('~/'.length))
  return readFileSync(path, 'utf8').replace(/(?<=from |import\()'@\/([^']+)'/g, (_, to) => {
    const relative = posix.relative(folder, to.startsWith('app/') ? to : `${ROOT}/${to}`)
    return `'${relative.startsWith('.') ? relative : `./${relative}`}'`
  })
}

function item() {
  const { description } = JSON.parse(readFileSync('package.json', 'utf8'))
  const { dependencies, devDependencies } = packagesToAdopt()
  const pinned = (versions) =>
    Object.entries(versions).map(([name, version]) => `${name}@${version}`)
  return {
    name: 'rekindle',
    type: 'registry:item',
    title: 'Rekindle',
    description,
    docs: NEXT_STEPS,
    dependencies: pinned(dependencies),
    devDependencies: pinned(devDependencies),
    // A file with a place of its own is copied as it is, without a change of its imports.
    files: filesToAdopt().map(({ path, target }) => ({
      path,
      type: 'registry:file',
      target: `~/${target}`,
    })),
  }
}
