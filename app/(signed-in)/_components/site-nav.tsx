'use client'

import Link, { useLinkStatus } from 'next/link'
import { usePathname } from 'next/navigation'

const PAGES = [
  { href: '/dashboard', label: 'Dashboard' },
  { href: '/devices', label: 'Devices' },
  { href: '/account', label: 'Account' },
] as const

/** The links to the protected pages. */
export function SiteNav() {
  const pathname = usePathname()
  return (
    <nav
      aria-label="Main"
      className="order-3 -mx-3 w-[calc(100%+1.5rem)] sm:order-none sm:mr-auto sm:w-auto"
    >
      <ul className="flex">
        {PAGES.map(({ href, label }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={pathname === href ? 'page' : undefined}
              className="relative flex min-h-12 items-center px-3 sm:min-h-14 font-medium text-muted hover:text-ink aria-[current=page]:text-ink"
            >
              {label}
              <Glow isHere={pathname === href} />
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** The line under the current page's link, and a pulsing line under the link that is loading. */
function Glow({ isHere }: { isHere: boolean }) {
  const { pending } = useLinkStatus()
  const state = pending ? 'animate-breathe bg-glow' : isHere ? 'bg-ember-fill' : 'bg-transparent'
  return (
    <>
      <span
        aria-hidden="true"
        className={`absolute inset-x-3 -bottom-px h-0.5 rounded-full ${state}`}
      />
      {pending ? <span className="sr-only">, loading</span> : null}
    </>
  )
}
