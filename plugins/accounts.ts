/** The accounts of one server. Their index is made before it listens, because the rule "one account an address" is the index. */
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { AccountAddresses } from '../src/accounts/account-addresses.js'
import { accountsOf, upgradeAccounts } from '../src/accounts/account-model.js'
import { AccountStore } from '../src/accounts/account-store.js'
import { type Argon2Cost, createPasswords, type PasswordLimits } from '../src/auth/passwords.js'
import { doneOnce } from '../src/database/done-once.js'
import { createFieldCipher } from '../src/encryption/field-cipher.js'

declare module 'fastify' {
  interface FastifyInstance {
    accounts: AccountStore
    accountAddresses: AccountAddresses
  }
}

export interface AccountsOptions {
  /** FIELD_KEY, and those before it that texts at rest may still be sealed with. */
  fieldKeys: [current: string, ...older: string[]]
  /** Cheaper hashes, for tests. */
  argon2?: Argon2Cost | undefined
  passwordLimits?: PasswordLimits | undefined
}

export default fp(
  async (app: FastifyInstance, { fieldKeys, argon2, passwordLimits }: AccountsOptions) => {
    await doneOnce(app.mongo, 'providers are found by all words of their names', () =>
      upgradeAccounts(app.mongo),
    )
    const cipher = createFieldCipher(fieldKeys)
    const { clock } = app
    const accounts = accountsOf(app.mongo)
    const passwords = await createPasswords({
      ...(argon2 && { cost: argon2 }),
      ...(passwordLimits && { limits: passwordLimits }),
    })
    app.decorate(
      'accounts',
      new AccountStore({
        accounts,
        cipher,
        passwords,
        clock,
        wait: (ms) => setTimeout(ms),
        warn: (about, message) => app.log.warn(about, message),
      }),
    )
    const forget = (id: string) => app.accounts.forget([id])
    app.decorate('accountAddresses', new AccountAddresses({ accounts, cipher, passwords, clock, forget }))
  },
  { name: 'accounts', dependencies: ['mongo', 'clock'], fastify: '5.x' },
)
