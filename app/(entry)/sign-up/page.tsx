import type { Metadata } from 'next'
import { headers } from 'next/headers'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { HOME_PATH } from '@/http/address/own-paths'
import { findSession } from '@/server/auth/session/dal'
import { readTypedName } from '@/server/auth/sign-in/typed-name'
import { services } from '@/server/composition'
import { Notice } from '../../_components/notice'
import { findSignUpError } from '../_components/entry-error'
import { EntryForm } from '../_components/entry-form'
import { entryPath, readEntryQuery, type SearchParams } from '../_components/entry-query'

type Props = { searchParams: SearchParams }

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { error } = await readEntryQuery(searchParams)
  return { title: findSignUpError(error) ? 'Error: Create an account' : 'Create an account' }
}

export default async function SignUpPage({ searchParams }: Props) {
  const { next, error } = await readEntryQuery(searchParams)
  if (await findSession()) redirect(next ?? HOME_PATH)
  const { config } = await services()
  const failure = findSignUpError(error)
  const typedName = failure && readTypedName(await headers(), config)
  return (
    <>
      <h1 className="title">Create an account</h1>
      {config.registration === 'open' ? (
        <div className="card">
          <EntryForm
            action="/api/auth/register"
            next={next}
            error={failure}
            typedName={typedName}
            newAccount
          >
            Create account
          </EntryForm>
        </div>
      ) : (
        <Notice title="Sign-up is closed here">
          <p>The operator of this server creates accounts. Ask them for yours.</p>
        </Notice>
      )}
      <p className="text-muted">
        Have an account?{' '}
        <Link href={entryPath('/sign-in', next)} prefetch={false} className="link">
          Sign in
        </Link>
      </p>
    </>
  )
}
