import { getIronSession } from 'iron-session'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { Greeting } from '../greeting'

export default async function Page() {
  const session = await getIronSession(await cookies(), {
    password: process.env.IRON_PASSWORD,
    cookieName: 'iron',
  })
  if (!session.name) redirect('/sign-in')
  return <Greeting name={session.name} />
}
