import { labRunBody } from '@/contracts/lab'
import { services } from '@/server/composition'
import { clientOf } from '@/server/http/client-info'
import { HttpError } from '@/server/http/http-error'
import { readBody } from '@/server/http/request-body'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'
import { findScene } from '@/server/lab/scene-list'

const run = route(async (request) => {
  const { lab } = await services()
  if (!lab) throw new HttpError(404, 'NOT_FOUND', 'There is no lab here')
  const scene = findScene((await readBody(request, labRunBody, ['application/json'])).scene)
  if (!scene) throw new HttpError(404, 'NOT_FOUND', 'There is no such scene')
  const stream = await lab.run(scene.id, clientOf(request.headers).address)
  return new Response(stream, {
    headers: {
      'Content-Type': 'text/event-stream',
      // A proxy that compressed or collected the stream would hold events back.
      'Cache-Control': 'private, no-store, no-transform',
      'X-Accel-Buffering': 'no',
    },
  })
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: run })
