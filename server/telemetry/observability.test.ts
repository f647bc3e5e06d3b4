import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LINES } from './log-lines'
import { createMetrics } from './metrics'

const page = readFileSync('docs/observability.md', 'utf8')
const dashboard: unknown = JSON.parse(
  readFileSync('docs/observability/grafana-dashboard.json', 'utf8'),
)
/** The labels that Prometheus itself adds to samples. */
const PROMETHEUS_LABELS = ['job', 'instance', 'le']

const { registry, exposition } = createMetrics()
await exposition({ total: 1, idle: 1, waiting: 0 })
const exposed = new Map<string, readonly string[]>()
for (const metric of registry.getMetricsAsArray()) {
  const { name, labelNames } = metric as typeof metric & { labelNames: string[] }
  const isHistogram = `${metric.constructor.name}` === 'Histogram'
  const suffixes = isHistogram ? ['_bucket', '_sum', '_count'] : ['']
  for (const suffix of suffixes) exposed.set(name + suffix, labelNames)
}

/** Yields every query in a dashboard. */
function* queriesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if ((key === 'expr' || key === 'query') && `${inner}`.includes('(')) yield `${inner}`
    else yield* queriesIn(inner)
  }
}

function complaintAbout(query: string): string | null {
  const names = query.match(/\b(?:rekindle|process|nodejs)_\w+/g) ?? []
  if (names.length === 0) return 'it names no metric'
  const unknown = names.find((name) => !exposed.has(name))
  if (unknown !== undefined) return `${unknown} is not exposed`
  const labels = [...PROMETHEUS_LABELS, ...names.flatMap((name) => exposed.get(name) ?? [])]
  const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) =>
    `${list}`.split(/, */),
  )
  const selected = [...query.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, name]) => name)
  const unknownLabel = [...grouped, ...selected].find((label) => !labels.includes(`${label}`))
  return unknownLabel === undefined ? null : `${unknownLabel} is no label of ${names}`
}

describe('the dashboard', () => {
  const queries = [...queriesIn(dashboard)]

  it('has queries, each of which names metrics and labels that are exposed', () => {
    expect(queries.length).toBeGreaterThan(20)
    for (const query of queries) expect(complaintAbout(query), query).toBeNull()
  })

  it('shows every metric of Rekindle', () => {
    for (const { name } of registry.getMetricsAsArray()) {
      if (name.startsWith('rekindle_')) expect(queries.join('\n')).toContain(name)
    }
  })

  it('is checked by a function that finds each kind of mistake', () => {
    expect(complaintAbout('sum(rate(rekindle_refresh_total[5m]))')).toContain('not exposed')
    expect(complaintAbout('rekindle_refresh_duration_seconds')).toContain('not exposed')
    expect(complaintAbout('sum by (route) (rekindle_refreshes_total)')).toContain('no label')
    expect(complaintAbout('rekindle_refreshes_total{job="x",code="y"}')).toContain('no label')
    expect(complaintAbout('sum(up)')).toContain('names no metric')
  })
})

describe('the page on observability', () => {
  const cells = [...page.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) =>
    [...`${cell}`.matchAll(/`([^`]*)`/g)].map(([, text]) => `${text}`),
  )

  it('lists the metrics that are exposed, with their labels, and no others', () => {
    const listed = cells.filter((cell) => /^rekindle_\w+$/.test(cell))
    const exposedByRekindle = registry
      .getMetricsAsArray()
      .filter(({ name }) => name.startsWith('rekindle_'))
    expect(listed.sort()).toEqual(exposedByRekindle.map(({ name }) => name).sort())
    for (const metric of exposedByRekindle) {
      const { name, labelNames } = metric as typeof metric & { labelNames: string[] }
      const labels = labelNames.map((label) => `\`${label}\``).join(', ')
      expect(page).toContain(`| \`${name}\` | ${labels}${labels && ' '}|`)
    }
  })

  it('alerts only on metrics that are exposed', () => {
    const alerts = cells.filter((cell) => cell.includes('('))
    expect(alerts.length).toBe(9)
    for (const alert of alerts) expect(complaintAbout(alert), alert).toBeNull()
  })

  it('explains every line that can be logged', () => {
    for (const event of Object.keys(LINES)) expect(cells).toContain(event)
  })
})

it('names of metrics end with their unit or kind (Prometheus naming)', () => {
  for (const metric of registry.getMetricsAsArray()) {
    const { name, help } = metric
    if (!name.startsWith('rekindle_')) continue
    const kind = metric.constructor.name
    expect(name, kind).toMatch(
      { Counter: /_total$/, Histogram: /_seconds$/, Gauge: /_(?:seconds|connections)$/ }[kind] ??
        /^$/,
    )
    expect(help).toMatch(/\.$/)
  }
})
