import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { auth } from '../../auth'
import { Greeting } from '../greeting'

export default async function Page() {
  const session = await auth.api.getSession({ headers: await headers() })
  if (!session) redirect('/sign-in')
  return <Greeting name={session.user.name} />
}
