import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { services } from '@/server/composition'
import { displayFont } from './_components/display-font'
import { FocusKeeper } from './_components/focus-keeper'
import './globals.css'

/** Every page is rendered per request, because its scripts carry the request's nonce. */
export const dynamic = 'force-dynamic'

const TITLE = 'Rekindle: login that never drops'
const DESCRIPTION =
  'Race-proof refresh-token rotation for Next.js: nobody honest is logged out, no thief stays in.'

/** What a link to any page looks like where it is shared. Addresses in it are absolute, by the public origin. */
export async function generateMetadata(): Promise<Metadata> {
  // Without a database the page still has its title; its picture then has no address.
  const origin = await services().then(
    ({ config }) => config.appOrigin,
    () => null,
  )
  const images = [{ url: '/og.png', width: 1200, height: 630, alt: TITLE }]
  return {
    title: { default: TITLE, template: '%s · Rekindle' },
    description: DESCRIPTION,
    ...(origin && {
      metadataBase: new URL(origin),
      openGraph: {
        type: 'website',
        siteName: 'Rekindle',
        title: TITLE,
        description: DESCRIPTION,
        url: '/',
        images,
      },
      twitter: { card: 'summary_large_image', title: TITLE, description: DESCRIPTION, images },
    }),
  }
}

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fcf9f6' },
    { media: '(prefers-color-scheme: dark)', color: '#17110d' },
  ],
}

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" className={displayFont.variable}>
      <body>
        <a href="#main" className="skip-link">
          Skip to content
        </a>
        {children}
        <FocusKeeper />
      </body>
    </html>
  )
}
