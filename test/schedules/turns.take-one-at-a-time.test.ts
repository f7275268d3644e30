import t from 'tap'
import { Turns } from '../../src/schedules/turns.js'

t.test('work of one provider comes one after another, that of others beside it', async (t) => {
  const turns = new Turns()
  const said: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) => async () => {
    said.push(`${name} begins`)
    await new Promise<void>((end) => ends.set(name, end))
    said.push(`${name} ends`)
    if (name === 'first') throw new Error('its own matter')
    return name
  }
  const first = turns.take('one', work('first'))
  const second = turns.take('one', work('second'))
  const other = turns.take('another', work('other'))
  ends.get('other')?.()
  t.equal(await other, 'other')
  t.same(said, ['first begins', 'other begins', 'other ends'])
  ends.get('first')?.()
  await t.rejects(first, { message: 'its own matter' })
  t.equal(said.at(-1), 'second begins', 'what failed before it is no reason to fail')
  ends.get('second')?.()
  t.equal(await second, 'second')
})
