'use client'

import { useEffect, useRef, useState } from 'react'
import { nameShown } from '../../_components/browser-person'
import { useDarkClass } from './use-dark-class'

type State = 'idle' | 'loading' | 'loaded' | 'failed'

/** Empty while idle: without scripts nothing loads. */
const WORDS: Record<State, string> = {
  idle: '',
  loading: 'Loading…',
  loaded: '',
  failed: 'The list could not be loaded. Reload the page to try again.',
}

/** The API description in Swagger UI, which is large and therefore loaded by this page only. */
export function ApiBrowser({ url }: { url: string }) {
  const place = useRef<HTMLDivElement>(null)
  const [state, setState] = useState<State>('idle')
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
          // By default, Swagger UI sends the description to an external validator.
          validatorUrl: null,
          requestInterceptor: nameShown,
          onComplete: () => setState('loaded'),
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
