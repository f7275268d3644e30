import fc from 'fast-check'
import { test } from 'tap'
import { addressKey } from '../../src/limits/address-key.js'
import { createPace } from '../../src/limits/sliding-window.js'

function world(limit: number, maxKeys?: number) {
  let time = 1_000
  const pace = createPace({ limit, windowMs: 60_000, now: () => time, ...(maxKeys && { maxKeys }) })
  return {
    pace,
    pass(ms: number) {
      time += ms
    },
    burst: (key: string) => {
      let taken = 0
      while (pace.take(key).ok) taken += 1
      return taken
    },
  }
}

test('the limit passes at once and no more in that minute; then as the window slides', async (t) => {
  const { pace, pass, burst } = world(20)
  t.equal(burst('eve'), 20)
  t.match(pace.take('eve'), { ok: false, remaining: 0, retrySeconds: 60, resetSeconds: 60 })
  pass(59_000)
  t.equal(burst('eve'), 0, 'none within the minute')
  t.match(pace.take('eve'), { retrySeconds: 1, resetSeconds: 1 })
  pass(1_000)
  t.equal(burst('eve'), 1, 'one, when it was told to come')
  pass(30_000)
  t.equal(burst('eve'), 10, 'half a minute on, what half a minute has')
  pass(120_000)
  t.equal(burst('eve'), 20, 'after two idle minutes all of it')
})

test('slowly is not too often, around a boundary neither', async (t) => {
  const { pace, pass } = world(20)
  for (let call = 0; call < 200; call++) {
    pass(3_100)
    if (!pace.take('ada').ok) t.fail(`the call ${call} was refused`)
  }
  t.pass('two hundred calls in ten minutes')
})

test('who comes back when told is let in', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1 }),
      (limit, waits) => {
        const { pace, pass } = world(limit)
        for (const ms of waits) {
          pass(ms)
          const taken = pace.take('ada')
          if (taken.ok) continue
          pass(taken.retrySeconds * 1_000)
          if (!pace.take('ada').ok) return false
        }
        return true
      },
    ),
  )
  t.pass()
})

test('one key costs another nothing', async (t) => {
  const { pace, burst } = world(20)
  burst('eve')
  t.match(pace.take('ada'), { ok: true, remaining: 19, resetSeconds: 60 })
})

test('what is said to remain is what passes', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.array(fc.integer({ min: 0, max: 9_000 })),
      (limit, waits) => {
        const { pace, pass, burst } = world(limit)
        for (const ms of waits) {
          pass(ms)
          const taken = pace.take('ada')
          if (taken.ok && waits.length % 3 === 0) return burst('ada') === taken.remaining
        }
        return true
      },
    ),
  )
  t.pass()
})

test('over any time no more pass than a burst and the rate', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1 }), (waits) => {
      const { pace, pass } = world(20)
      let passed = 0
      let elapsed = 0
      for (const ms of waits) {
        pass(ms)
        elapsed += ms
        for (let index = 0; index < 5; index++) if (pace.take('eve').ok) passed += 1
      }
      return passed <= 20 + elapsed / 3_000 + 1
    }),
  )
  t.pass()
})

test('a million keys take no more memory than the keys that are kept', async (t) => {
  const { pace, burst } = world(20, 1_000)
  for (let index = 0; index < 5_000; index++) pace.take(`address ${index}`)
  t.equal(burst('address 0'), 20, 'the longest idle was forgotten')
  t.equal(burst('address 4999'), 19, 'the last was not')
})

test('an address is one key, a network of IPv6 is one key', async (t) => {
  for (const [address, key] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['unknown', 'unknown'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ] as const) {
    t.equal(addressKey(address), key)
  }
})
