import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { services } from '@/server/composition'
import { findScene, SCENES } from '@/server/lab/scene-list'
import { Brand } from '../_components/brand'
import { LabStage } from './_components/lab-stage'

export const metadata: Metadata = {
  title: 'The lab',
  description: 'Races, lost responses, outages and thieves, played against the running server.',
}

const GROUPS = [...new Set(SCENES.map(({ group }) => group))]

/** The lab. It is there only if `LAB=1`, and it reads no session. */
export default async function LabPage({
  searchParams,
}: {
  searchParams: Promise<{ scene?: string | string[] }>
}) {
  const { lab } = await services()
  if (!lab) notFound()
  const scene = findScene((await searchParams).scene) ?? SCENES[0]
  return (
    <>
      <header className="mx-auto flex w-full max-w-6xl flex-wrap items-center justify-between gap-3 px-5 pt-6">
        <Brand />
        <Link href="/" prefetch={false} className="link py-2 font-medium">
          Home page
        </Link>
      </header>
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-6xl grow px-5 pt-8 pb-20">
        <h1 className="title">The lab</h1>
        <p className="mt-3 max-w-3xl text-muted">
          Each run makes a person of its own, with real browsers’ cookie jars and real requests to
          this server: its middleware, its refresh route, its rows. Only the mishaps are staged. The
          picture shows what happened, slowed down so that it can be seen.
        </p>
        <div className="mt-8 grid grid-cols-[minmax(0,1fr)] gap-10 lg:grid-cols-[15rem_minmax(0,1fr)]">
          <nav aria-label="Scenes" className="columns-2 gap-6 space-y-5 sm:columns-3 lg:columns-1">
            {GROUPS.map((group) => (
              <div key={group} className="break-inside-avoid">
                <h2 className="text-sm font-semibold text-muted">{group}</h2>
                <ul className="mt-1">
                  {SCENES.filter((one) => one.group === group).map(({ id, title }) => (
                    <li key={id}>
                      <Link
                        href={`/lab?scene=${id}`}
                        prefetch={false}
                        scroll={false}
                        aria-current={id === scene.id ? 'page' : undefined}
                        className="block rounded-lg px-2 py-1.5 hover:text-ember aria-[current=page]:bg-ember-wash aria-[current=page]:font-semibold"
                      >
                        {title}
                      </Link>
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </nav>
          <div>
            <h2 className="heading text-2xl">{scene.title}</h2>
            <p className="mt-2">{scene.text}</p>
            <p className="mt-1 mb-6 text-muted">{scene.promise}</p>
            <LabStage key={scene.id} scene={scene.id} title={scene.title} />
          </div>
        </div>
      </main>
    </>
  )
}
