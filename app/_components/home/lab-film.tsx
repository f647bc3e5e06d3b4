import type { StaticImageData } from 'next/image'
import wide from '@/docs/pictures/lab.webp'
import wideDark from '@/docs/pictures/lab-dark.webp'
import wideDarkStill from '@/docs/pictures/lab-dark-still.webp'
import narrow from '@/docs/pictures/lab-narrow.webp'
import narrowDark from '@/docs/pictures/lab-narrow-dark.webp'
import narrowDarkStill from '@/docs/pictures/lab-narrow-dark-still.webp'
import narrowStill from '@/docs/pictures/lab-narrow-still.webp'
import wideStill from '@/docs/pictures/lab-still.webp'

const NARROW = '(max-width: 40rem)'
const DARK = '(prefers-color-scheme: dark)'

/** The films, and the pictures without motion. A browser takes the first that suits it. */
const SOURCES: readonly { film: StaticImageData; still: StaticImageData; media: string }[] = [
  { film: narrowDark, still: narrowDarkStill, media: `${NARROW} and ${DARK}` },
  { film: narrow, still: narrowStill, media: NARROW },
  { film: wideDark, still: wideDarkStill, media: DARK },
  { film: wide, still: wideStill, media: 'all' },
]

/** The film of the lab, loaded once it is near, and at most once. For people who prefer less motion it is a picture. */
export function LabFilm() {
  return (
    <picture className="block">
      {SOURCES.map(({ still: { src, width, height }, media }) => (
        <source
          key={src}
          srcSet={src}
          width={width}
          height={height}
          media={`${media} and (prefers-reduced-motion: reduce)`}
        />
      ))}
      {SOURCES.map(({ film: { src, width, height }, media }) => (
        <source key={src} srcSet={src} width={width} height={height} media={media} />
      ))}
      <img
        src={wide.src}
        width={wide.width}
        height={wide.height}
        loading="lazy"
        className="mx-auto h-auto w-full rounded-xl"
        alt="The lab plays a scene: a thief copies the owner’s cookies and uses them first. The owner’s old refresh token makes the server issue a new one. When the thief comes back, the session ends for both, and the owner is told why."
      />
    </picture>
  )
}
