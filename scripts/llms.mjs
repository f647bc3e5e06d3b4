import { readdirSync, readFileSync } from 'node:fs'

/** The pages that are there in whole: what somebody needs who builds on Rekindle. */
const IN_WHOLE = ['adopting', 'routes', 'client', 'configuration', 'deploying']

/**
 * The text of public/llms.txt (https://llmstxt.org): what Rekindle is, each page of docs/ in a sentence, and the pages that one
 * builds with in whole, because a running app does not serve docs/.
 */
export function llmsText() {
  const readme = readFileSync('README.md', 'utf8')
  const [, promise = ''] = /\n\n(\*\*.+?)\n\n/s.exec(readme) ?? []
  const pages = readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .sort()
  return [
    `# Rekindle\n\n> ${oneLine(promise).replaceAll('**', '')}`,
    'Paths are those of the repository. A running app serves its API at `/docs`, and for programs at `/api/openapi.json`.',
    `## Pages\n\n${pages.map(pageLine).join('\n')}`,
    ...IN_WHOLE.map((name) => readFileSync(`docs/${name}.md`, 'utf8').trim()),
    `# Variables\n\n\`\`\`ini\n${readFileSync('.env.example', 'utf8').trim()}\n\`\`\``,
  ]
    .join('\n\n')
    .concat('\n')
}

/** A line of the list: the title of a page, and its first sentence. */
function pageLine(name) {
  const [title, ...rest] = readFileSync(`docs/${name}`, 'utf8').split('\n\n')
  const [text = ''] = rest.filter((part) => !/^(?:[#|>!-]|\d+\.|```)/.test(part))
  const [sentence = ''] = /^.+?[.:](?=\s+[A-Z*`[]|\s*$)/s.exec(text) ?? []
  const words = oneLine(sentence).replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
  return `- [${title.replace(/^# /, '')}](docs/${name})${words && `: ${words}`}`
}

const oneLine = (text) => text.replace(/\s+/g, ' ').trim()
