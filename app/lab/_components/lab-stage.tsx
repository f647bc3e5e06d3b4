'use client'

import { useMemo, useState } from 'react'
import type { LabEvent } from '@/server/lab/event'
import type { SceneId } from '@/server/lab/scene-list'
import { boardAfter } from './board'
import { movesOf } from './moves'
import { simulateNaive } from './naive-design'
import { Picture, shareOf } from './picture'
import { useRun } from './use-run'
import { VerdictCard } from './verdict-card'
import { WaitBar } from './wait-bar'
import { durationText } from './words'

/** A scene that is run and played: its controls, the picture, the counters, the simulation beside it and every step as text. */
export function LabStage({ scene, title }: { scene: SceneId; title: string }) {
  const run = useRun(scene)
  const [isCopied, setCopied] = useState(false)
  const { shown, stepMs } = run
  const events = useMemo<LabEvent[]>(
    () => shown.flatMap((step) => step.events).sort((one, other) => one.ms - other.ms),
    [shown],
  )
  const board = useMemo(() => boardAfter(events), [events])
  const naive = useMemo(() => simulateNaive(events), [events])
  const latest = shown.at(-1)
  const waiting = latest?.events[0]
  const by = new Map(
    events.flatMap((event) => (event.kind === 'sent' ? [[event.request, event.by]] : [])),
  )
  const placeOf = (name: string) =>
    shareOf(
      board.browsers.findIndex((browser) => browser.name === name),
      board.browsers.length,
    )
  const moves = latest ? movesOf(latest, (request) => by.get(request) ?? '', placeOf) : []
  const lines = shown.map(({ ms, text }) => `${(ms / 1000).toFixed(2)} s  ${text}`)
  const copy = async () => {
    await navigator.clipboard.writeText(`${title}\n${location.href}\n\n${lines.join('\n')}\n`)
    setCopied(true)
  }

  return (
    <div className="space-y-6">
      <p className="font-semibold not-noscript:hidden">
        Scripts are off in this browser. The lab needs them to run a scene.
      </p>
      <div className="flex flex-wrap gap-3 noscript:hidden">
        <button type="button" className="button" onClick={run.start} data-testid="lab-run">
          {run.hasRun ? 'New run' : 'Run the scene'}
        </button>
        <button
          type="button"
          className="button-quiet"
          aria-pressed={run.isPaused}
          onClick={() => run.setPaused(!run.isPaused)}
        >
          {run.isPaused ? 'Go on' : 'Pause'}
        </button>
        <button type="button" className="button-quiet" onClick={run.step}>
          Step
        </button>
        <button type="button" className="button-quiet" onClick={run.again}>
          Again
        </button>
        <button
          type="button"
          className="button-quiet"
          aria-pressed={run.isSlow}
          onClick={() => run.setSlow(!run.isSlow)}
        >
          Half speed
        </button>
      </div>
      {run.problem ? (
        <p role="alert" className="text-alarm">
          {run.problem}
        </p>
      ) : null}
      <div className="card space-y-4">
        <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4" data-testid="lab-counters">
          <Counter name="Requests" value={board.requests} />
          <Counter name="Served" value={board.answered} />
          <Counter name="Rotations" value={board.rotations} />
          <Counter name="Sign-outs" value={board.signedOut} />
        </dl>
        <p className="min-h-12 font-medium wrap-anywhere" data-testid="lab-now">
          {latest?.text ?? 'Press “Run the scene”. It takes from two seconds to half a minute.'}
        </p>
        <Picture
          board={board}
          moves={moves}
          stepMs={stepMs}
          caption={latest ? `${durationText(latest.ms)} after the start` : 'Nothing has run yet'}
        />
        {waiting?.kind === 'waiting' && run.isRunning ? (
          <WaitBar key={waiting.ms} ms={waiting.forMs} />
        ) : null}
        {board.decision ? (
          <p className="text-sm text-muted">
            <strong className="text-ink">{board.decision.word}</strong>: {board.decision.rule}
          </p>
        ) : null}
      </div>
      <div className="grid gap-6 md:grid-cols-2">
        <VerdictCard verdict={board.verdict} isRunning={run.isRunning} />
        <section className="card space-y-3" aria-labelledby="naive" data-testid="lab-naive">
          <h3 id="naive" className="heading">
            Single-use tokens <span className="text-sm text-muted">(simulation)</span>
          </h3>
          <p className="text-sm text-muted">
            The same requests, answered by the usual design: a refresh token is good once, a second
            use ends the session, and a refresh that fails sends the person to sign in. It is
            computed in your browser.
          </p>
          <p className={naive.signedOut.length > 0 ? 'font-semibold text-alarm' : 'font-semibold'}>
            {naive.signedOut.length > 0
              ? `Signed out: ${naive.signedOut.join(', ')}`
              : 'Nobody is signed out so far'}
          </p>
          <ul className="space-y-1 text-sm">
            {naive.lines.map(({ ms, text, isBad }) => (
              <li key={`${ms} ${text}`} className={isBad ? 'text-alarm' : ''}>
                {text}
              </li>
            ))}
          </ul>
        </section>
      </div>
      <section aria-labelledby="steps" className="space-y-3">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <h3 id="steps" className="heading">
            Every step
          </h3>
          {lines.length > 0 ? (
            <button type="button" className="button-quiet" onClick={copy}>
              {isCopied ? 'Copied' : 'Copy the steps'}
            </button>
          ) : null}
        </div>
        {lines.length > 0 ? null : (
          <p className="text-muted">Each step of a run appears here as a line of text.</p>
        )}
        <div role="log" aria-live="polite" aria-labelledby="steps">
          <ol className="space-y-1 text-sm" data-testid="lab-steps">
            {shown.map(({ ms, text }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end
              <li key={index} className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-3">
                <span className="font-mono text-muted tabular-nums">
                  {(ms / 1000).toFixed(2)} s
                </span>
                <span className="wrap-anywhere">{text}</span>
              </li>
            ))}
          </ol>
        </div>
      </section>
    </div>
  )
}

function Counter({ name, value }: { name: string; value: number }) {
  return (
    <div className="border-t-2 border-line pt-2">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="font-display text-2xl font-semibold tabular-nums">{value}</dd>
    </div>
  )
}
