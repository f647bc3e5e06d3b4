import type { Page } from '@playwright/test'
import sharp from 'sharp'

/** A picture of the page, and when it was drawn, in milliseconds. */
export interface Frame {
  readonly png: Buffer
  readonly at: number
}

/** The shortest time between two pictures of a film, in milliseconds. */
const FRAME_MS = 120
/** The longest time for which a picture stands, but for the last, in milliseconds: a busy machine must not make a film longer. */
const LONGEST_MS = 450
const QUALITY = 70

/** Records what a page draws, until the returned function is called. It returns the frames. */
export async function record(page: Page): Promise<() => Promise<Frame[]>> {
  const frames: Frame[] = []
  const client = await page.context().newCDPSession(page)
  client.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    frames.push({ png: Buffer.from(data, 'base64'), at: (metadata.timestamp ?? 0) * 1000 })
    // The next frame comes after this.
    client.send('Page.screencastFrameAck', { sessionId }).catch(() => {})
  })
  await client.send('Page.startScreencast', { format: 'png' })
  return async () => {
    // The last state of the page, whatever was on its way.
    const png = await page.screenshot()
    await client.send('Page.stopScreencast')
    return [...frames, { png, at: Math.max(...frames.map(({ at }) => at)) + FRAME_MS }]
  }
}

/**
 * Encodes frames as an animation that repeats, and a picture for people who prefer less motion. Frames that come faster than an animation shows are
 * left out.
 * @param speed How many times as fast as the page the film is.
 * @param endMs How long the last frame stands, in milliseconds.
 */
export async function encodeFilm(
  frames: readonly Frame[],
  picture: Buffer,
  speed: number,
  endMs: number,
): Promise<{ film: Buffer; still: Buffer }> {
  const shown: Frame[] = []
  for (const frame of frames) {
    const isLast = frame === frames.at(-1)
    const before = shown.at(-1)
    if (before && frame.at - before.at < FRAME_MS * speed && !isLast) continue
    shown.push(frame)
  }
  const delay = shown.map(({ at }, index) => {
    const next = shown[index + 1]
    return next ? Math.min(LONGEST_MS, Math.round((next.at - at) / speed)) : endMs
  })
  const film = await sharp(
    shown.map(({ png }) => png),
    { join: { animated: true } },
  )
    .webp({ quality: QUALITY, effort: 5, mixed: true, minSize: true, delay, loop: 0 })
    .toBuffer()
  const still = await sharp(picture).webp({ quality: 85 }).toBuffer()
  return { film, still }
}
