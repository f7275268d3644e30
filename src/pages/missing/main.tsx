/** What a browser is shown at an address that no page has. */
import { Frame } from '../shared/frame.jsx'
import { showPage } from '../shared/show-page.jsx'
import { text } from './text.js'

function Page() {
  const t = text.value
  return (
    <Frame page="missing">
      <div class="door card">
        <h1>{t.title}</h1>
        <p class="quiet">{t.what}</p>
        <a class="button main" href="/">
          {t.find}
        </a>
      </div>
    </Frame>
  )
}

showPage({ page: Page, text })
