import { useEffect } from 'react'

const CLASS = 'dark-mode'

/** Tells Swagger UI, whose styles ask for a class and not for the person's scheme, that the page is dark. */
export function useDarkClass(): void {
  useEffect(() => {
    const { classList } = document.documentElement
    const wish = matchMedia('(prefers-color-scheme: dark)')
    const follow = () => void classList.toggle(CLASS, wish.matches)
    follow()
    wish.addEventListener('change', follow)
    return () => {
      wish.removeEventListener('change', follow)
      classList.remove(CLASS)
    }
  }, [])
}
