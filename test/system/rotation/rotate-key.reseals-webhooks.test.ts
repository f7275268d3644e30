/** Rotation of the key while a provider has webhooks. */
import t from 'tap'
import { rotateKey, sealedByOthers } from '../../../src/accounts/rotate-key.js'
import { createFieldCipher, kidOf } from '../../../src/encryption/field-cipher.js'
import type { NewWebhookAnswer } from '../../../src/schemas/webhooks.js'
import { testDatabase } from '../../helper/database.js'
import { register, startOne } from '../../helper/servers.js'

const OLD = 'the field key that is to be given up'
const NEW = 'the field key that comes in its place'
const URL = 'https://8.8.8.8/hook'

t.test('addresses and secrets are read with the new key alone', async (t) => {
  const { uri } = await testDatabase(t)
  const before = await startOne(t, { uri, settings: { FIELD_KEY: OLD } })
  const provider = await register(before, 'provider')
  const body = { url: URL, events: ['slot.opened'] }
  const made: NewWebhookAnswer[] = []
  for (let count = 0; count < 3; count++) {
    const answer = await before.call<NewWebhookAnswer>('POST', '/v1/webhooks', {
      token: provider.token,
      body,
    })
    made.push(answer.body)
  }
  await before.call('POST', `/v1/webhooks/${made[0]?.id}/secret`, { token: provider.token })
  await before.app.close()

  const both = await startOne(t, { uri, settings: { FIELD_KEY: NEW, FIELD_KEY_PREVIOUS: OLD } })
  const { db } = both.app.mongo
  if (!db) throw new Error('no database')
  const ofWebhooks = async () =>
    (await sealedByOthers(db, kidOf(NEW))).filter((one) => one.startsWith('webhooks '))
  t.equal((await ofWebhooks()).length, 3, 'control: the old key is found')
  const { slots, directory, webhooks } = both.app
  const parts = { db, cipher: createFieldCipher([NEW, OLD]), slots, directory, batch: 2 }
  t.ok((await rotateKey(parts)).left.length > 0, 'control: not without them')
  const rotated = await rotateKey({ ...parts, others: { webhook: webhooks } })
  t.match(rotated, { unreadable: [], left: [] })
  await both.app.close()

  const after = await startOne(t, { uri, settings: { FIELD_KEY: NEW } })
  for (const [index, { id, secret }] of made.entries()) {
    const found = await after.app.webhooks.findForDelivery(id)
    t.match(found, { url: URL, state: 'active' })
    t.ok(found?.secrets.includes(secret))
    t.equal(found?.secrets.length, index === 0 ? 2 : 1)
  }
})
