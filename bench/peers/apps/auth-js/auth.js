import NextAuth from 'next-auth'
import Credentials from 'next-auth/providers/credentials'

/** As the documents of Auth.js set it up, with sessions as JWTs. */
export const { auth } = NextAuth({
  secret: process.env.AUTH_SECRET,
  trustHost: true,
  session: { strategy: 'jwt' },
  providers: [Credentials({ authorize: () => null })],
  callbacks: { authorized: ({ auth: session }) => session !== null },
})
