/**
 * Mail: to a mail server where SMTP_URL names one, else into a folder that a page for the developer lists. Without either
 * there is none, and nothing that needs it is offered.
 */
import { randomBytes } from 'node:crypto'
import { domainToASCII } from 'node:url'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { comparableEmail } from '../src/accounts/normalize.js'
import type { Config } from '../src/config.js'
import { collectionOf } from '../src/database/database-calls.js'
import { DEFAULT_NOTIFICATIONS } from '../src/domain/notifications.js'
import { DEFAULT_REMINDER_MINUTES } from '../src/domain/service.js'
import { createFieldCipher } from '../src/encryption/field-cipher.js'
import { readParty } from '../src/http/mail-party.js'
import { AddressLimit, type MailCountDoc } from '../src/mail/address-limit.js'
import { type DigestDoc, Digests } from '../src/mail/digests.js'
import { MailChannel } from '../src/mail/mail-channel.js'
import { MailFolder } from '../src/mail/mail-folder.js'
import type { MailAccount, MailPorts } from '../src/mail/mail-ports.js'
import { SmtpTransport } from '../src/mail/smtp-transport.js'

declare module 'fastify' {
  interface FastifyInstance {
    mail: {
      /** Whether mails are sent at all. */
      isOn: boolean
      /** Where they are written to, in place of a mail server. */
      folder: MailFolder | null
      /** What was kept for the daily mails of a provider who is no more. */
      removeAllOf(providerId: string): Promise<void>
    }
  }
}

export interface MailPluginOptions {
  config: Pick<Config, 'SMTP_URL' | 'MAIL_FROM'>
  /** Where mails are written to without SMTP_URL. */
  folder?: string | undefined
  /** FIELD_KEY, and those before it. */
  fieldKeys: [current: string, ...older: string[]]
}

const COUNTED = { collection: 'mailCounts', field: 'address' } as const

export default fp(
  async (app: FastifyInstance, { config, folder: path, fieldKeys }: MailPluginOptions) => {
    const { clock } = app
    const { SMTP_URL } = config
    const isFiles = SMTP_URL === undefined && path !== undefined
    const folder = isFiles ? new MailFolder({ folder: path, clock }) : null
    const transport = SMTP_URL === undefined ? folder : new SmtpTransport({ url: SMTP_URL })
    const digests = new Digests({ digests: collectionOf<DigestDoc>(app.mongo, 'mailDigests') })
    app.decorate('mail', {
      isOn: transport !== null,
      folder,
      removeAllOf: (providerId) => digests.removeAllOf(providerId),
    })
    if (transport === null) return
    const cipher = createFieldCipher(fieldKeys)
    const limit = new AddressLimit({
      counts: collectionOf<MailCountDoc>(app.mongo, 'mailCounts'),
      clock,
      newId: () => randomBytes(8).toString('hex'),
      indexOf: (address) => cipher.indexes(mailbox(address), COUNTED)[0] ?? '',
    })
    app.jobs.register(new MailChannel({ ports: portsOf(app, config), transport, limit, digests }))
    app.addHook('onClose', () => transport.close())
  },
  { name: 'mail', dependencies: ['mongo', 'clock', 'accounts', 'services', 'slots', 'links', 'jobs'] },
)

/** However its domain is written: `xn--bcher-kva` and `bücher` are one. */
function mailbox(address: string): string {
  const [local = '', domain = ''] = comparableEmail(address).split('@')
  return `${local}@${domainToASCII(domain) || domain}`
}

function portsOf(app: FastifyInstance, { MAIL_FROM }: Pick<Config, 'MAIL_FROM'>): MailPorts {
  const from = readParty(MAIL_FROM)
  if (from === null) throw new Error('MAIL_FROM is no address')
  const { clock, accounts, accountAddresses, services, slots, links, jobs } = app
  return {
    clock,
    from,
    publicUrl: () => app.publicUrl(),
    findReservation: (id) => slots.findReservation(id),
    findAccount: (id) => mailAccount(app, id),
    addressOfChange: (accountId, which, change) => accountAddresses.addressOf(accountId, which, change),
    reminderMinutes: async (providerId, serviceId) => {
      const service = serviceId === undefined ? null : await services.find(providerId, serviceId)
      return service?.reminderMinutes ?? DEFAULT_REMINDER_MINUTES
    },
    openName: accounts.names.open,
    makeLink: (link) => links.make(link),
    addJobs: (added) => jobs.add(added),
  }
}

async function mailAccount(app: FastifyInstance, id: string): Promise<MailAccount | null> {
  const account = await app.accounts.own(id)
  // What a crash in the middle of a registration left has no address.
  if (!account?.email) return null
  const { name, timeZone, language, email, emailRev, passwordRev, profile, notifications } = account
  return {
    id,
    name,
    timeZone,
    language,
    email,
    emailRev,
    passwordRev,
    notifications: { ...DEFAULT_NOTIFICATIONS, ...notifications },
    where: profile?.address ?? profile?.place,
    page: `${app.publicUrl()}/book/${profile?.link ?? id}`,
  }
}
