export async function POST() {
  return Response.json({ token: 'constant', expiresIn: 900 })
}
