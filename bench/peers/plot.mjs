import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

// Draws the plots of a report: node plot.mjs <report.json> <folder>
const [file, folder] = process.argv.slice(2)
const { values, series } = JSON.parse(readFileSync(file, 'utf8'))
const { document } = parseHTML('<html></html>')
const OWN = '#c2410c'
const OTHER = '#a8a29e'
const style = { background: 'white', color: '#1c1917', fontFamily: 'system-ui, sans-serif' }

const isOwn = ({ variant }) => variant.startsWith('Rekindle')
for (const part of ['speed', 'page', 'refresh']) {
  const speeds = values.filter((value) => value.part === part && value.measure === 'speed')
  if (speeds.length === 0) continue
  save(part, bars(speeds))
}

const growth = values
  .filter(({ part, measure }) => part === 'growth' && measure === 'a refresh')
  .map(({ variant, ...value }) => {
    const [engine, count] = variant.split(/, (?=\d)/)
    return { engine, sessions: Number(count.replace(/\D/g, '')), ...value }
  })
if (growth.length > 0) save('growth', growthPlot(growth))
if (series.length > 0) save('soak', soakPlot(series))

function bars(speeds) {
  return Plot.plot({
    document,
    style,
    width: 760,
    height: 40 + speeds.length * 26,
    marginLeft: 300,
    marginRight: 60,
    x: { label: 'requests a second; a line encloses the middle half of the rounds', grid: true },
    y: { label: null },
    marks: [
      Plot.barX(speeds, {
        x: 'median',
        y: 'variant',
        sort: { y: '-x' },
        fill: (value) => (isOwn(value) ? OWN : OTHER),
      }),
      Plot.ruleY(speeds, { x1: 'low', x2: 'high', y: 'variant', strokeWidth: 2 }),
      Plot.text(speeds, {
        x: 'high',
        y: 'variant',
        text: ({ median }) => Math.round(median).toLocaleString('en'),
        dx: 6,
        textAnchor: 'start',
      }),
    ],
  })
}

function growthPlot(points) {
  return Plot.plot({
    document,
    style,
    width: 760,
    height: 320,
    marginRight: 90,
    x: { type: 'log', label: 'sessions', tickFormat: (count) => count.toLocaleString('en') },
    y: { zero: true, grid: true, label: 'a refresh, ms' },
    marks: [
      Plot.line(points, { x: 'sessions', y: 'median', z: 'engine', stroke: OWN }),
      Plot.ruleX(points, { x: 'sessions', y1: 'low', y2: 'high', strokeWidth: 2 }),
      Plot.dot(points, { x: 'sessions', y: 'median', fill: OWN }),
      Plot.text(
        points,
        Plot.selectMaxX({
          x: 'sessions',
          y: 'median',
          z: 'engine',
          text: 'engine',
          dx: 8,
          textAnchor: 'start',
        }),
      ),
    ],
  })
}

function soakPlot(all) {
  const points = all.flatMap(({ name, points: list }) =>
    list.map(([requests, value]) => ({ name, requests, value })),
  )
  return Plot.plot({
    document,
    style,
    width: 760,
    height: 140 * all.length,
    marginLeft: 60,
    marginRight: 170,
    x: { label: 'refreshed pages', tickFormat: (count) => count.toLocaleString('en') },
    y: { label: null, grid: true, zero: true, ticks: 4 },
    fy: { label: null },
    marks: [
      Plot.frame({ stroke: '#e7e5e4' }),
      Plot.dot(points, { x: 'requests', y: 'value', fy: 'name', r: 2, fill: OWN }),
      Plot.linearRegressionY(points, { x: 'requests', y: 'value', fy: 'name', stroke: OWN }),
    ],
  })
}

function save(name, svg) {
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  writeFileSync(join(folder, `${name}.svg`), svg.outerHTML)
}
