import { useEffect } from 'react'

const CLASS = 'dark-mode'

/** Sets the class by which Swagger UI's styles detect dark mode, according to `prefers-color-scheme`. */
export function useDarkClass(): void {
  useEffect(() => {
    const { classList } = document.documentElement
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const update = () => void classList.toggle(CLASS, dark.matches)
    update()
    dark.addEventListener('change', update)
    return () => {
      dark.removeEventListener('change', update)
      classList.remove(CLASS)
    }
  }, [])
}
