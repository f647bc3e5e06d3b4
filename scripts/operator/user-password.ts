import { newPassword, userName } from '@/contracts/credentials'
import { resetPassword } from '@/server/auth/account/account'
import { command } from './command'

await command('user:password -- <name> <password>', async ([name, password]) => {
  const ended = await resetPassword(userName.parse(name), newPassword.parse(password))
  console.log(`Password set; ${ended} session(s) ended`)
})
