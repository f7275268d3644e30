export interface Keyed {
  readonly key: string
}

/**
 * Merges lists that are sorted by `key`. What several of them have comes once, from the first of them. They are begun one
 * after the other, in their order, so that what moves from an earlier list to a later one meanwhile is not missed.
 */
export async function* mergeSorted<Item extends Keyed>(lists: AsyncIterator<Item>[]): AsyncGenerator<Item> {
  const heads: { list: AsyncIterator<Item>; item: Item }[] = []
  try {
    for (const list of lists) {
      const { done, value } = await list.next()
      if (!done) heads.push({ list, item: value })
    }
    for (;;) {
      const [first] = heads
      if (first === undefined) return
      const least = heads.reduce((best, head) => (head.item.key < best.item.key ? head : best), first)
      const { item } = least
      yield item
      for (const head of heads.filter((one) => one.item.key === item.key)) {
        const { done, value } = await head.list.next()
        if (done) heads.splice(heads.indexOf(head), 1)
        else head.item = value
      }
    }
  } finally {
    await Promise.all(lists.map((list) => list.return?.()))
  }
}
