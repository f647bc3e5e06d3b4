import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { installPeers, PEERS } from './builds'
import { formatSpread, type Report } from './report'

/** Where a run writes its report, and where the plots of the documents are kept. */
const FOLDER = 'bench/report'
const PUBLISHED = 'docs/performance'

/**
 * Writes the report as `report.json`, `report.md` and plots to `bench/report`, whose earlier contents are removed. Returns the
 * path of the text.
 */
export function writeReport(
  { values, checks, series, notes }: Report,
  about: Readonly<Record<string, string>>,
  publish: boolean,
): string {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  const data = join(FOLDER, 'report.json')
  writeFileSync(data, JSON.stringify({ about, checks, values, series, notes }, null, 2))
  installPeers()
  execFileSync(process.execPath, ['plot.mjs', resolve(data), resolve(FOLDER)], {
    cwd: PEERS,
    stdio: 'inherit',
  })
  const plots = readdirSync(FOLDER).filter((name) => name.endsWith('.svg'))
  const text = [
    '# Benchmark',
    table(['', ''], Object.entries(about)),
    '## Bounds',
    'A ratio is the median of the ratios of each round; in parentheses, what the middle half of them lies between.',
    table(
      ['', 'part', 'measured', 'bound', ''],
      checks.map((check) => [
        check.name,
        check.part,
        `${formatSpread(check)} ${check.unit}`,
        `${check.relation} ${check.bound}`,
        check.holds ? 'holds' : '**fails**',
      ]),
    ),
    '## Measured',
    ...plots.map((name) => `![${name.replace('.svg', '')}](${name})`),
    table(
      ['part', 'variant', 'measure', 'value', 'unit'],
      values.map((value) => [
        value.part,
        value.variant,
        value.measure,
        formatSpread(value),
        value.unit,
      ]),
    ),
    ...notes,
  ]
  const file = join(FOLDER, 'report.md')
  writeFileSync(file, `${text.join('\n\n')}\n`)
  if (publish) {
    mkdirSync(PUBLISHED, { recursive: true })
    for (const plot of plots) copyFileSync(join(FOLDER, plot), join(PUBLISHED, plot))
  }
  return file
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
