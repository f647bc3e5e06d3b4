import { withAuth } from '@workos-inc/authkit-nextjs'
import { Greeting } from '../greeting'

export default async function Page() {
  const { user } = await withAuth({ ensureSignedIn: true })
  return <Greeting name={user.firstName} />
}
