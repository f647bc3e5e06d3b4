import { newPassword, userName } from '@/contracts/credentials'
import { addUser } from '@/server/auth/account/account'
import { HttpError } from '@/server/http/http-error'
import { command } from './command'

await command(
  'user:add -- <name> <password> [--unless-taken]',
  async ([name, password, option]) => {
    try {
      const user = await addUser(userName.parse(name), newPassword.parse(password))
      console.log(`Added ${user.name}`)
    } catch (error) {
      const taken = error instanceof HttpError && error.code === 'NAME_TAKEN'
      if (!taken || option !== '--unless-taken') throw error
      console.log(`${name} is there already`)
    }
  },
)
