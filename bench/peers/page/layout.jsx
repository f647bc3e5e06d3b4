import './globals.css'

/** As in Rekindle, every page is rendered per request. */
export const dynamic = 'force-dynamic'

export const metadata = {
  title: { default: 'Rekindle: login that never drops', template: '%s · Rekindle' },
  description:
    'Race-proof refresh-token rotation for Next.js: nobody honest is logged out, no thief stays in.',
}

export const viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fcf9f6' },
    { media: '(prefers-color-scheme: dark)', color: '#17110d' },
  ],
}

/** The layout of every variant. That of Rekindle's app has a font and a client component as well. */
export default function RootLayout({ children }) {
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
