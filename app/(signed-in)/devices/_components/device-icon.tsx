import type { DeviceName } from '@/server/auth/account/device-name'

const PATHS: Record<DeviceName['kind'], string> = {
  computer: 'M5 5h14v10H5zM2.5 19h19',
  phone: 'M7.5 2.5h9v19h-9zM11 18.5h2',
  tablet: 'M5 3h14v18H5zM11 18h2',
  program: 'M3 4.5h18v15H3zM7 9l3 3-3 3M12.5 15H17',
}

/** The icon of a kind of device. Decorative. */
export function DeviceIcon({ kind }: { kind: DeviceName['kind'] }) {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      aria-hidden="true"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className="size-8 shrink-0 stroke-muted"
    >
      <path d={PATHS[kind]} />
    </svg>
  )
}
