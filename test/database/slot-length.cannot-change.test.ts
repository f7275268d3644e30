import { test } from 'tap'
import { connectDatabase } from '../../src/database/connect.js'
import { checkSlotLength } from '../../src/database/slot-length.js'
import { testDatabase } from '../helper/database.js'

test('the slot length of the first start is kept; another one later stops the start', async (t) => {
  const { uri } = await testDatabase(t)
  const connection = await connectDatabase({ uri })
  t.teardown(() => connection.close())
  await Promise.all([checkSlotLength(connection, 15), checkSlotLength(connection, 15)])
  await t.resolves(checkSlotLength(connection, 15), 'the same again is fine')
  await t.rejects(checkSlotLength(connection, 20), {
    name: 'CannotStart',
    message: /^This database has slots of 15 minutes and this server makes slots of 20;/,
  })
  t.equal(await connection.collection('settings').countDocuments(), 1)
})
