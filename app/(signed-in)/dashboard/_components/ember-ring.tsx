/** A ring of which `share`, from 1 to 0, is filled. */
export function EmberRing({ share }: { share: number }) {
  return (
    <svg
      viewBox="0 0 100 100"
      fill="none"
      aria-hidden="true"
      className="absolute inset-0 -rotate-90"
    >
      <circle
        cx="50"
        cy="50"
        r="46"
        strokeWidth="4"
        className="stroke-line forced-colors:opacity-30"
      />
      <circle
        cx="50"
        cy="50"
        r="46"
        strokeWidth="4"
        strokeLinecap="round"
        pathLength="100"
        strokeDasharray="100"
        strokeDashoffset={(100 * (1 - share)).toFixed(2)}
        className={`stroke-glow transition-[stroke-dashoffset] duration-1000 ease-linear ${share > 0 ? '' : 'opacity-0'}`}
      />
    </svg>
  )
}
