import type { Metadata } from 'next'
import { headers } from 'next/headers'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { HOME_PATH } from '@/http/address/own-paths'
import { findSession } from '@/server/auth/session/dal'
import { findSessionEnd } from '@/server/auth/session/ended-session'
import { readTypedName } from '@/server/auth/sign-in/typed-name'
import { services } from '@/server/composition'
import { findSignInError } from '../_components/entry-error'
import { EntryForm } from '../_components/entry-form'
import { entryPath, readEntryQuery, type SearchParams } from '../_components/entry-query'
import { ReasonNotice } from './_components/reason-notice'

type Props = { searchParams: SearchParams }

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { error } = await readEntryQuery(searchParams)
  return { title: findSignInError(error) ? 'Error: Sign in' : 'Sign in' }
}

export default async function SignInPage({ searchParams }: Props) {
  const { next, reason: given, error, again } = await readEntryQuery(searchParams)
  if (!again && (await findSession())) redirect(next ?? HOME_PATH)
  const { config } = await services()
  const failure = findSignInError(error)
  const typedName = failure && readTypedName(await headers(), config)
  const end = failure ? null : await findSessionEnd(given)
  return (
    <>
      <h1 className="title">Sign in</h1>
      {end ? <ReasonNotice {...end} sessionMs={config.sessionMs} /> : null}
      <div className="card">
        <EntryForm action="/api/auth/login" next={next} error={failure} typedName={typedName}>
          Sign in
        </EntryForm>
      </div>
      {config.registration === 'open' ? (
        <p className="text-muted">
          New here?{' '}
          <Link href={entryPath('/sign-up', next)} prefetch={false} className="link">
            Create an account
          </Link>
        </p>
      ) : null}
    </>
  )
}
