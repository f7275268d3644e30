import './account.css'
import { Frame } from '../shared/frame.jsx'
import { Refusal } from '../shared/refusal.jsx'
import { sendsMail, serverRules } from '../shared/server-rules.js'
import { account } from '../shared/session.js'
import { showPage } from '../shared/show-page.jsx'
import { SignInForm } from '../shared/sign-in.jsx'
import { common } from '../shared/text.js'
import { Feeds, Keys } from './access.jsx'
import { startAccess } from './access-state.js'
import { Display } from './display.jsx'
import { Deletion, Export } from './leave.jsx'
import { Mails } from './mails.jsx'
import { Address, PasswordForm, Profile } from './profile.jsx'
import { Sessions } from './sessions.jsx'
import { load, me, problem, sessions, start } from './state.js'
import { text } from './text.js'

function Page() {
  if (account.value === null) {
    return (
      <Frame page="account">
        <div class="door card">
          <h1>{text.value.title}</h1>
          <p class="quiet">{text.value.door}</p>
          <SignInForm forRole="client" known onDone={() => {}} />
        </div>
      </Frame>
    )
  }
  const who = me.value
  return (
    <Frame page="account">
      <div class="own">
        <div>
          <h1>{text.value.title}</h1>
          <p class="quiet">
            {account.value.role === 'provider' ? common.value.provider : common.value.client}
          </p>
        </div>
        {problem.value !== null && (
          <Refusal problem={problem.value}>
            <div class="buttons">
              <button type="button" class="button" onClick={() => void load()}>
                {common.value.tryAgain}
              </button>
            </div>
          </Refusal>
        )}
        {who === null ? (
          problem.value === null && <div class="bone own-bone" aria-hidden="true" />
        ) : (
          <>
            <Profile me={who} />
            <Address me={who} />
            <PasswordForm me={who} />
          </>
        )}
        {who !== null && sendsMail.value === true && <Mails me={who} />}
        <Display />
        {sessions.value !== null && <Sessions sessions={sessions.value} />}
        {who !== null && (
          <>
            <Feeds />
            <Keys isProvider={who.role === 'provider'} />
            <Export />
            <Deletion me={who} />
          </>
        )}
      </div>
    </Frame>
  )
}

showPage({
  page: Page,
  text,
  start: () => {
    start()
    startAccess()
    void serverRules()
  },
})
