import type { ReactNode } from 'react'
import { EmberMark } from './ember-mark'

/** A page that explains a problem and offers a way to continue. */
export function Problem({
  title,
  children,
  wayOn,
}: {
  title: string
  children: ReactNode
  wayOn: ReactNode
}) {
  return (
    <main
      id="main"
      tabIndex={-1}
      className="mx-auto flex w-full max-w-xl grow flex-col items-start justify-center gap-5 px-5 py-16"
    >
      <EmberMark className="size-14" />
      <h1 className="title">{title}</h1>
      <div className="text-lg text-muted">{children}</div>
      <div className="flex flex-wrap gap-3">{wayOn}</div>
    </main>
  )
}
