import { services } from '@/server/composition'
import { notFound, notFoundHandlers } from '@/server/http/not-found'
import { route } from '@/server/http/route'

interface Context {
  readonly params: Promise<{ readonly verb: string }>
}

/** The test endpoint, which exists only if `TESTING` is on. Nothing of it is loaded otherwise. */
export const POST = route<Context>(async (request, { params }) => {
  const { config } = await services()
  if (!config.testing) throw notFound()
  const { answerTestCall } = await import('@/server/testing/call')
  return answerTestCall(request, (await params).verb)
})

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = notFoundHandlers
