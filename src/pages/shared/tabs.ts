/** What the tabs of one browser tell each other, so that two of them agree also while live is off. */
export type TabMessage = { kind: 'session' } | { kind: 'reservation'; id: string }

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('slotcast')

export const tabs = {
  tell(message: TabMessage): void {
    channel?.postMessage(message)
  },
  listen(take: (message: TabMessage) => void): void {
    channel?.addEventListener('message', (event: MessageEvent<TabMessage>) => take(event.data))
  },
}
