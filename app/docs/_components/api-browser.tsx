'use client'

import { useEffect, useRef, useState } from 'react'
import { nameShown } from '../../_components/browser-person'
import { useDarkClass } from './use-dark-class'

type State = 'not begun' | 'loading' | 'there' | 'failed'

/** Nothing at first: where there are no scripts, nothing is loading. */
const WORDS: Record<State, string> = {
  'not begun': '',
  loading: 'Loading…',
  there: '',
  failed: 'The list could not be loaded. Reload the page to try again.',
}

/** The description to read and try. Swagger UI is large, and so it is fetched by this page alone, once it is open. */
export function ApiBrowser({ url }: { url: string }) {
  const place = useRef<HTMLDivElement>(null)
  const [state, setState] = useState<State>('not begun')
  useDarkClass()

  useEffect(() => {
    let gone = false
    setState('loading')
    import('swagger-ui-dist/swagger-ui-es-bundle.js')
      .then(({ default: SwaggerUI }) => {
        if (gone || !place.current) return
        SwaggerUI({
          url,
          domNode: place.current,
          docExpansion: 'list',
          defaultModelsExpandDepth: -1,
          // The default asks a server elsewhere whether the description is valid.
          validatorUrl: null,
          requestInterceptor: nameShown,
          onComplete: () => setState('there'),
        })
      })
      .catch(() => setState('failed'))
    return () => {
      gone = true
    }
  }, [url])

  return (
    <div aria-busy={state === 'loading'}>
      <p role="status" className="mt-6 text-muted empty:hidden">
        {WORDS[state]}
      </p>
      <div ref={place} />
    </div>
  )
}
