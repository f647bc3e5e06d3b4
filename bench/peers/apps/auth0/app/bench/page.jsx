import { redirect } from 'next/navigation'
import { auth0 } from '../../auth0'
import { Greeting } from '../greeting'

export default async function Page() {
  const session = await auth0.getSession()
  if (!session) redirect('/auth/login')
  return <Greeting name={session.user.name} />
}
