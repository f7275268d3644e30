import { type Static, Type } from 'typebox'
import { Role, TimeZone } from './common.js'

export const Email = Type.String({ format: 'email', maxLength: 254, examples: ['ada@example.com'] })
export const Password = Type.String({ minLength: 8, maxLength: 200, examples: ['correct horse battery'] })
export const PersonName = Type.String({ format: 'name', minLength: 1, maxLength: 100, examples: ['Ada'] })

export const NewAccount = Type.Object(
  { role: Role, email: Email, password: Password, name: PersonName, timeZone: TimeZone },
  { additionalProperties: false },
)
export type NewAccount = Static<typeof NewAccount>

export const Account = Type.Object({
  id: Type.String(),
  role: Role,
  name: Type.String(),
  timeZone: Type.String(),
})
export type Account = Static<typeof Account>

export const Tokens = Type.Object({
  accessToken: Type.String(),
  refreshToken: Type.String(),
  tokenType: Type.Literal('Bearer'),
  expiresIn: Type.Integer({ description: 'Seconds until the access token ends' }),
})
export type Tokens = Static<typeof Tokens>

export const Registered = Type.Object({ account: Account, ...Tokens.properties })
export type Registered = Static<typeof Registered>

/** No format on purpose: a sign-in with nonsense is answered like any other failed one. */
export const SignIn = Type.Object(
  { email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 200 }) },
  { additionalProperties: false },
)
export type SignIn = Static<typeof SignIn>

export const RefreshRequest = Type.Object(
  { refreshToken: Type.String({ minLength: 1, maxLength: 200 }) },
  { additionalProperties: false },
)
export type RefreshRequest = Static<typeof RefreshRequest>

export const Provider = Type.Object({ id: Type.String(), name: Type.String(), timeZone: Type.String() })
export type Provider = Static<typeof Provider>
