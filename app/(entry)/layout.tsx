import type { ReactNode } from 'react'
import { Brand } from '../_components/brand'

export default function EntryLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <header className="mx-auto w-full max-w-md px-5 pt-6 sm:pt-10">
        <Brand />
      </header>
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto flex w-full max-w-md grow flex-col gap-6 px-5 pt-8 pb-16 sm:pt-12"
      >
        {children}
      </main>
    </>
  )
}
