import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import './globals.css'

/** Every page is rendered per request, because its scripts carry the request's nonce. */
export const dynamic = 'force-dynamic'

export const metadata: Metadata = {
  title: { default: 'Rekindle: login that never drops', template: '%s · Rekindle' },
  description:
    'Race-proof refresh-token rotation for Next.js: nobody honest is logged out, no thief stays in.',
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
    <html lang="en">
      <body>
        <a href="#main" className="skip-link">
          Skip to content
        </a>
        {children}
      </body>
    </html>
  )
}
