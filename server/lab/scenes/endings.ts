import 'server-only'
import type { Play } from '../play'
import { isAlive, isOver, served } from './checks'

/** A session is ended from another device, while its access token is still good. */
export const endedElsewhere: Play = async (stage) => {
  const { run } = stage
  const laptop = await stage.signIn('laptop')
  const phone = await stage.signIn('phone')
  const before = await laptop.ask()
  run.say('On the phone, the person opens “Devices” and ends the laptop’s session.')
  const path = `/api/sessions/${laptop.jar.sessionId()}`
  await phone.ask({ method: 'DELETE', path })
  run.say('The laptop’s access token has not expired. The data layer reads the row all the same.')
  const after = await laptop.ask()
  const onPhone = await phone.ask()
  return ({ sessions }) =>
    served(before) &&
    after.outcome === 'signed out' &&
    served(onPhone) &&
    isOver(sessions[0], 'ended_elsewhere') &&
    isAlive(sessions[1], 0)
}

/** The password is changed on a phone, while others hold tokens. */
export const password: Play = async (stage) => {
  const laptop = await stage.signIn('laptop')
  const phone = await stage.signIn('phone')
  const thief = stage.steal(phone)
  stage.run.say('The person sets a new password on the phone. Its session moves to a new row.')
  await stage.changePassword(phone)
  const onPhone = await phone.ask()
  const refused = [await laptop.ask(), await thief.ask()]
  return ({ sessions }) =>
    served(onPhone) &&
    refused.every(({ outcome }) => outcome === 'signed out') &&
    isOver(sessions[0], 'password_changed') &&
    isOver(sessions[1], 'password_changed') &&
    isAlive(sessions[2], 0)
}
