/** Why a sign-in or sign-up form failed: a sentence, and the fields that it concerns. */
export interface EntryError {
  readonly message: string
  readonly fields: readonly ('username' | 'password')[]
}

const COMMON = {
  rate_limited: {
    message: 'Too many attempts. Wait a while, or use a device that you have signed in on before.',
    fields: [],
  },
  unavailable: {
    message: 'We can’t reach our database just now. Nothing was changed; please try again.',
    fields: [],
  },
  body_too_large: {
    message: 'That was far too long. Please use a shorter name or password.',
    fields: ['username', 'password'],
  },
  internal_error: {
    message: 'Something went wrong on our side. Please try again.',
    fields: [],
  },
} as const satisfies Record<string, EntryError>

const SIGN_IN = new Map<string, EntryError>(
  Object.entries({
    ...COMMON,
    invalid_credentials: {
      message: 'Wrong name or password. Check both and try again.',
      fields: ['username', 'password'],
    },
    invalid_body: {
      message: 'Please fill in your name and your password.',
      fields: ['username', 'password'],
    },
  } satisfies Record<string, EntryError>),
)

const SIGN_UP = new Map<string, EntryError>(
  Object.entries({
    ...COMMON,
    name_taken: { message: 'This name is taken. Please choose another.', fields: ['username'] },
    registration_closed: { message: 'Sign-up is closed here.', fields: [] },
    invalid_name: {
      message: 'Please choose a name of 1 to 64 visible characters.',
      fields: ['username'],
    },
    invalid_password: {
      message: 'Please choose a password of 8 to 256 characters.',
      fields: ['password'],
    },
    invalid_body: {
      message: 'Please choose a name of 1 to 64 characters and a password of 8 to 256.',
      fields: ['username', 'password'],
    },
  } satisfies Record<string, EntryError>),
)

/** The error of a sign-in form by its code in the URL, or null if the code is unknown: anybody can write a URL. */
export function findSignInError(code: string | null): EntryError | null {
  return SIGN_IN.get(code ?? '') ?? null
}

/** The error of a sign-up form by its code in the URL, or null if the code is unknown. */
export function findSignUpError(code: string | null): EntryError | null {
  return SIGN_UP.get(code ?? '') ?? null
}
