import { expect, type Locator, type Page } from '@playwright/test'

/** More stops than any screen has. */
const MAX_STOPS = 200

/** A person who uses the keyboard alone. Each stop of the Tab key must be seen, with a mark that says that it has the focus. */
export interface Keyboard {
  /** Presses Tab until `target` has the focus. @throws Error if it never does, or if a stop on the way cannot be seen. */
  goTo(target: Locator): Promise<void>
  /** Goes to a control and presses it with Enter. */
  press(target: Locator): Promise<void>
  /** Goes to a field and types into it, in the place of what it holds. */
  fill(target: Locator, text: string): Promise<void>
}

export function keyboardOf(page: Page): Keyboard {
  const { keyboard } = page

  async function goTo(target: Locator): Promise<void> {
    await expect(target).toBeVisible()
    for (let stops = 0; stops < MAX_STOPS; stops++) {
      await keyboard.press('Tab')
      const fault = await page.evaluate(findFocusFault)
      if (fault !== null) throw new Error(`On ${new URL(page.url()).pathname}: ${fault}`)
      if (await target.evaluate((element) => element === document.activeElement)) return
    }
    throw new Error(`The Tab key never reaches ${target}`)
  }

  return {
    goTo,
    async press(target) {
      await goTo(target)
      await keyboard.press('Enter')
    },
    async fill(target, text) {
      await goTo(target)
      await keyboard.press('ControlOrMeta+A')
      await keyboard.type(text)
    },
  }
}

/** Expects the focus within `place`, where a person goes on reading after an action, and not at the start of the document. */
export async function expectFocusWithin(place: Locator): Promise<void> {
  await expect
    .poll(() => place.evaluate((element) => element.contains(document.activeElement)))
    .toBe(true)
}

/**
 * How the focused element fails to show that it has the focus. Null if it does show it, or if nothing has the focus, as at the end
 * of a document. Runs in the page, so it uses nothing from outside.
 */
function findFocusFault(): string | null {
  const focused = document.activeElement
  if (focused === null || focused === document.body) return null
  const name = focused.outerHTML.slice(0, 160)
  if (focused.closest('[tabindex="-1"]') === focused) return `The Tab key stops at ${name}`

  const { left, top, right, bottom } = focused.getBoundingClientRect()
  const isOnScreen = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight
  if (!isOnScreen || right - left < 2 || bottom - top < 2)
    return `The focus is out of sight: ${name}`

  /** The colour as red, green and blue from 0 to 255, whatever notation it is in. */
  const pixel = (colour: string): number[] => {
    const context = Object.assign(document.createElement('canvas'), {
      width: 1,
      height: 1,
    }).getContext('2d')
    if (!context) throw new Error('No canvas')
    context.fillStyle = colour
    context.fillRect(0, 0, 1, 1)
    return [...context.getImageData(0, 0, 1, 1).data]
  }
  /** WCAG 2.2, relative luminance. */
  const luminance = (colour: string) => {
    const [r = 0, g = 0, b = 0] = pixel(colour).map((value) => {
      const share = value / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const paper = luminance(getComputedStyle(document.body).backgroundColor)
  const contrastOf = (colour: string) => {
    const given = luminance(colour)
    return (Math.max(given, paper) + 0.05) / (Math.min(given, paper) + 0.05)
  }
  /** WCAG 2.2, 1.4.11 and 2.4.13: two pixels wide, and three to one against the paper. */
  const isMark = (colour: string, width: string) =>
    Number.parseFloat(width) >= 2 && contrastOf(colour) >= 3
  const { outlineStyle, outlineColor, outlineWidth } = getComputedStyle(focused)
  if (outlineStyle !== 'none' && isMark(outlineColor, outlineWidth)) return null
  // A mark of the timeline is drawn: its ring is a circle that is shown with the focus.
  const rings = [...focused.querySelectorAll('circle')].map((ring) => getComputedStyle(ring))
  const isRinged = rings.some(
    ({ fill, opacity, stroke, strokeWidth }) =>
      fill === 'none' && opacity === '1' && isMark(stroke, strokeWidth),
  )
  return isRinged ? null : `The focus does not show: ${name}`
}
