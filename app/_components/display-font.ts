import localFont from 'next/font/local'

/** Fraunces, of its semibold the Latin subset alone: titles and headings are set in it. Other scripts fall back to the system's serif. */
export const displayFont = localFont({
  src: '../../node_modules/@fontsource/fraunces/files/fraunces-latin-600-normal.woff2',
  weight: '600',
  style: 'normal',
  display: 'swap',
  variable: '--font-fraunces',
  fallback: ['ui-serif', 'Iowan Old Style', 'Palatino', 'Georgia', 'serif'],
})
