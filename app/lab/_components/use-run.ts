'use client'

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { LabEvent } from '@/server/lab/event'
import type { SceneId } from '@/server/lab/scene-list'
import { type Step, TOGETHER_MS, toSteps } from './playback'
import { RunRefused, runScene } from './run-stream'

/** How long the picture shows a step, in milliseconds, at full speed. */
const STEP_MS = 650

/** A run as it is played: its events come from the server, and the picture shows one step after the other. */
export interface PlayedRun {
  /** The steps that have been shown. */
  readonly shown: readonly Step[]
  readonly isRunning: boolean
  readonly isPaused: boolean
  readonly isSlow: boolean
  readonly hasRun: boolean
  /** True if everything that happened has been shown. */
  readonly isOver: boolean
  readonly stepMs: number
  /** Why no run began, in a sentence; null if one did. */
  readonly problem: string | null
  start(): void
  again(): void
  step(): void
  setPaused(paused: boolean): void
  setSlow(slow: boolean): void
}

/** Runs a scene, and plays what happens at a speed that people can follow. */
export function useRun(scene: SceneId): PlayedRun {
  const [events, setEvents] = useState<readonly LabEvent[]>([])
  const [isRunning, setRunning] = useState(false)
  const [isPaused, setPaused] = useState(false)
  const [isSlow, setSlow] = useState(false)
  const [count, setCount] = useState(0)
  const [problem, setProblem] = useState<string | null>(null)
  const [settled, setSettled] = useState(0)
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])

  const start = useCallback(() => {
    running.current?.abort()
    const stop = new AbortController()
    running.current = stop
    setEvents([])
    setCount(0)
    setSettled(0)
    setPaused(false)
    setProblem(null)
    setRunning(true)
    const receive = async () => {
      for await (const event of runScene(scene, stop.signal)) {
        if (stop.signal.aborted) return
        setEvents((before) => [...before, event])
        // By then, every event that belongs to the same step has come.
        setTimeout(() => setSettled((before) => Math.max(before, event.ms)), TOGETHER_MS)
      }
    }
    receive()
      .catch((error) => {
        if (!stop.signal.aborted) setProblem(problemOf(error))
      })
      .finally(() => {
        if (running.current === stop) setRunning(false)
      })
  }, [scene])

  const steps = useMemo(() => toSteps(events), [events])
  // A step to which more events may be added is not shown yet.
  const ready = isRunning
    ? steps.findIndex(({ ms }) => ms > settled) === -1
      ? steps.length
      : steps.findIndex(({ ms }) => ms > settled)
    : steps.length
  const isOver = !isRunning && count >= steps.length && steps.length > 0
  const stepMs = isSlow ? STEP_MS * 2 : STEP_MS

  useEffect(() => {
    if (isPaused || count >= ready) return
    const timer = setTimeout(() => setCount(count + 1), count === 0 ? 0 : stepMs)
    return () => clearTimeout(timer)
  }, [count, ready, isPaused, stepMs])

  return {
    shown: steps.slice(0, count),
    isRunning,
    isPaused,
    isSlow,
    hasRun: steps.length > 0,
    isOver,
    stepMs,
    problem,
    start,
    again: () => {
      setCount(0)
      setPaused(false)
    },
    step: () => {
      setPaused(true)
      if (count < ready) setCount(count + 1)
    },
    setPaused,
    setSlow,
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof RunRefused)) return 'The connection to the server was lost. Run it again.'
  const { status, retryAfterSeconds } = error
  if (status === 429) return `You have many runs already. Try again in ${retryAfterSeconds} s.`
  return `The lab is busy. Try again in ${retryAfterSeconds} s.`
}
