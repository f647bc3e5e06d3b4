import type { MarkKind } from './timeline-model'

const PATHS: Record<MarkKind, string> = {
  'sign-in': 'M0-6a6 6 0 1 1 0 12a6 6 0 1 1 0-12Z',
  refresh: 'M0-6 6 5H-6Z',
  reissue: 'M0-7 7 0 0 7-7 0Z',
  challenge: 'M-5.5-5.5h11v11h-11Z',
  reuse: 'M-6-3-3-6 0-3 3-6 6-3 3 0 6 3 3 6 0 3-3 6-6 3-3 0Z',
  end: 'M-3-8h6v16h-6Z',
  note: 'M0-3.5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7Z',
}

const COLOURS: Record<MarkKind, string> = {
  'sign-in': 'fill-good stroke-good',
  refresh: 'fill-ember-fill stroke-ember-fill',
  reissue: 'fill-glow stroke-ember',
  challenge: 'fill-glow stroke-ember',
  reuse: 'fill-alarm stroke-alarm',
  end: 'fill-alarm stroke-alarm',
  note: 'fill-edge stroke-edge',
}

/** The shape of a mark, around the origin. Kinds differ in shape, not in colour alone. Decorative. */
export function MarkShape({ kind, isChosen = false }: { kind: MarkKind; isChosen?: boolean }) {
  return (
    <path
      d={PATHS[kind]}
      strokeWidth={isChosen ? 4 : 1}
      strokeLinejoin="round"
      className={COLOURS[kind]}
    />
  )
}
