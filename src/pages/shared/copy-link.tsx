/** A button that copies a link or a key; where the browser does not allow it, the text itself, to be copied by hand. */
import { useSignal } from '@preact/signals'
import { say } from './announce.jsx'
import { Icon } from './icons.jsx'
import { common } from './text.js'

interface CopyLinkProps {
  address: string
  /** What the button says. */
  title: string
  /** What it is a link to. */
  label: string
}

export function CopyLink({ address, title, label }: CopyLinkProps) {
  /** The address that was copied, or could not be. */
  const copied = useSignal<string | null>(null)
  const refused = useSignal(false)
  if (refused.value) {
    return (
      <input
        class="input"
        dir="ltr"
        readOnly
        aria-label={label}
        value={address}
        onFocus={(event) => event.currentTarget.select()}
      />
    )
  }
  const isCopied = copied.value === address
  async function copy() {
    try {
      await navigator.clipboard.writeText(address)
      copied.value = address
      say(common.value.copiedSaid)
    } catch {
      refused.value = true
    }
  }
  return (
    <button type="button" class="button" onClick={() => void copy()}>
      <Icon name={isCopied ? 'check' : 'link'} /> {isCopied ? common.value.copied : title}
    </button>
  )
}
