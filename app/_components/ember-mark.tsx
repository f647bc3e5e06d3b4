/** The logo: a flame in a circular arrow. Decorative. */
export function EmberMark({ className = 'size-8' }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" fill="none" aria-hidden="true" className={className}>
      <path
        d="M25.2 7.6A12.5 12.5 0 1 0 28.5 16"
        className="stroke-ember"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <path
        d="m20.6 7.9 5.2.4.2-5.1"
        className="stroke-ember"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        d="M16.6 8.5c.5 3.2-4.6 4.8-4.6 9.3 0 2.9 2 4.9 4.4 4.9s4.3-1.8 4.3-4.4c0-1.9-.9-3-1.6-4-.2 1.2-.7 1.8-1.4 2.2.4-2.9-.1-6-1.1-8Z"
        className="fill-glow"
      />
    </svg>
  )
}
