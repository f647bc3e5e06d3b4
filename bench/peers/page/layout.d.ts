export const dynamic: 'force-dynamic'
export const metadata: import('next').Metadata
export const viewport: import('next').Viewport
export default function RootLayout(props: { children: React.ReactNode }): React.ReactNode
