import { Brand } from '../../_components/brand'
import { SignOutButton } from '../../_components/sign-out-button'
import { SiteNav } from './site-nav'

/** The navigation and the sign-out button of a signed-in person. It shows no personal data. */
export function SignedInHeader({ userId }: { userId: string | null }) {
  return (
    <header className="mx-auto w-full max-w-5xl px-5 pt-3">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 border-b border-line">
        <Brand />
        <SiteNav />
        <div className="py-1.5">
          <SignOutButton userId={userId} className="button-quiet" testId="sign-out" />
        </div>
      </div>
    </header>
  )
}
