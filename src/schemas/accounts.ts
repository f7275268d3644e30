import { type Static, Type } from 'typebox'
import { languages } from '../domain/languages.js'
import { calendarMails } from '../domain/notifications.js'
import { Email, Id, InstantOut, Language, listOf, PersonName, PublicSlot, Role, TimeZone } from './common.js'
import { ApiKey, Feed } from './grants.js'
import { ProviderPolicies } from './policies.js'
import { face, Profile } from './profiles.js'
import { Reservation } from './reservations.js'
import { NewSchedule, ScheduleException } from './schedule.js'
import { Service } from './services.js'
import { Wait } from './waits.js'
import { Webhook } from './webhooks.js'

export const Password = Type.String({ minLength: 8, maxLength: 200, examples: ['correct horse battery'] })

export const NewAccount = Type.Object(
  {
    role: Role,
    email: Email,
    password: Password,
    name: PersonName,
    timeZone: TimeZone,
    language: Type.Optional(
      Type.Enum([...languages], {
        description: 'Of pages and mail. Without it, the first of these that Accept-Language asks for',
      }),
    ),
  },
  { additionalProperties: false },
)
export type NewAccount = Static<typeof NewAccount>

export const Account = Type.Object({
  id: Type.String(),
  role: Role,
  name: Type.String(),
  timeZone: Type.String(),
  language: Language,
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

/** What a page gets; its refresh token comes as a cookie. */
export const PageSession = Type.Object({
  account: Account,
  accessToken: Tokens.properties.accessToken,
  tokenType: Tokens.properties.tokenType,
  expiresIn: Tokens.properties.expiresIn,
})
export type PageSession = Static<typeof PageSession>

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

/** A list has no `text`. */
export const Provider = Type.Object({
  id: Type.String(),
  name: Type.String(),
  timeZone: Type.String(),
  ...face,
})
export type Provider = Static<typeof Provider>

export const ProviderList = listOf(Provider)

const notifications = {
  reminders: Type.Optional(
    Type.Boolean({ description: 'Of a client: a mail before an appointment. True where nothing is said' }),
  ),
  changes: Type.Optional(
    Type.Boolean({
      description:
        'Of a client: a mail when an appointment was confirmed, moved or cancelled. True where nothing is said',
    }),
  ),
  calendar: Type.Optional(
    Type.Enum([...calendarMails], {
      description:
        'Of a provider: a mail for each change of the calendar, one a day, or none. Each where nothing is said',
    }),
  ),
}

/** The account as its owner sees it. */
export const Me = Type.Object({
  ...Account.properties,
  email: Type.String(),
  emailVerified: Type.Boolean({ description: 'A mail to the address has reached its owner' }),
  pendingEmail: Type.Optional(
    Type.String({ description: 'Becomes the address once the link in a mail to it is used' }),
  ),
  notifications: Type.Object(notifications, {
    description: 'Which mails it gets, as far as its role has a choice',
  }),
  createdAt: InstantOut,
})
export type Me = Static<typeof Me>

export const MeChanges = Type.Object(
  {
    name: Type.Optional(PersonName),
    timeZone: Type.Optional(TimeZone),
    language: Type.Optional(Language),
    email: Type.Optional(Email),
    password: Type.Optional(Password),
    notifications: Type.Optional(
      Type.Object(notifications, { additionalProperties: false, minProperties: 1 }),
    ),
    currentPassword: Type.Optional(
      Type.String({ maxLength: 200, description: 'Needed to change the address or the password' }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type MeChanges = Static<typeof MeChanges>

export const ForgottenPassword = Type.Object({ email: Email }, { additionalProperties: false })

export const MailAsked = Type.Object({ accepted: Type.Boolean() })

/** A body need not be sent at all, which reads as null. */
export const MeDeletion = Type.Union([
  Type.Object(
    {
      password: Type.Optional(
        Type.String({ maxLength: 200, description: 'Needed where the sign-in is five minutes old or older' }),
      ),
    },
    { additionalProperties: false },
  ),
  Type.Null(),
])
export type MeDeletion = Static<typeof MeDeletion>

const SignedInSession = Type.Object({
  startedAt: InstantOut,
  renewedAt: InstantOut,
  expiresAt: InstantOut,
  endedAt: Type.Optional(InstantOut),
})

/** A sign-in that goes on, as its account sees it. */
export const OwnSession = Type.Object({
  id: Id,
  startedAt: InstantOut,
  renewedAt: InstantOut,
  expiresAt: InstantOut,
  current: Type.Boolean({ description: 'Whether it is the one that asks' }),
})
export type OwnSession = Static<typeof OwnSession>

export const OwnSessionList = listOf(OwnSession)

/** Everything the database holds about an account. */
export const AccountExport = Type.Object({
  exportedAt: InstantOut,
  account: Me,
  formerEmails: Type.Array(Type.Object({ email: Type.String(), until: InstantOut }), {
    description: 'Addresses from which a change can be taken back, and until when',
  }),
  sessions: Type.Array(SignedInSession, { description: 'Sign-ins, without their tokens' }),
  reservations: Type.Array(Reservation),
  slots: Type.Array(PublicSlot, { description: 'What a provider has published' }),
  services: Type.Array(Service, { description: 'What a provider offers' }),
  waits: Type.Array(Wait, { description: 'What a client waits for, or waited for lately' }),
  webhooks: Type.Array(Webhook, { description: 'Where a provider has its events sent, without the secrets' }),
  keys: Type.Array(ApiKey, { description: 'API keys, without what could be used' }),
  feeds: Type.Array(Feed, { description: 'Calendar feeds, without their addresses' }),
  policies: Type.Optional(Type.Partial(ProviderPolicies, { description: 'What a provider has set itself' })),
  profile: Type.Optional(
    Type.Object(Profile.properties, {
      description: 'What a provider says of itself in public; the picture itself as a data URL',
    }),
  ),
  schedule: Type.Optional(
    Type.Object(
      { ...NewSchedule.properties, exceptions: Type.Array(ScheduleException) },
      { description: 'When a provider works' },
    ),
  ),
})
export type AccountExport = Static<typeof AccountExport>

export const RevokeRequest = Type.Object(
  {
    ...RefreshRequest.properties,
    everywhere: Type.Optional(Type.Boolean({ description: 'Ends every session of the account' })),
  },
  { additionalProperties: false },
)
export type RevokeRequest = Static<typeof RevokeRequest>
