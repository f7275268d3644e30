import './hours.css'
import type { Account } from '../../schemas/accounts.js'
import { ProviderFrame } from '../shared/provider-frame.jsx'
import { showPage } from '../shared/show-page.jsx'
import { Exceptions } from './exceptions.jsx'
import { ExceptionDays } from './exceptions-state.js'
import { Holidays } from './holidays.jsx'
import { OtherHours } from './other-hours.jsx'
import { text } from './text.js'
import { TimeOff } from './time-off.jsx'
import { DaysOff } from './time-off-state.js'
import { WeeklyForm } from './weekly-form.jsx'
import { WeeklyHours } from './weekly-state.js'

interface Parts {
  weekly: WeeklyHours
  exceptions: ExceptionDays
  daysOff: DaysOff
}

/** A page belongs to one account, and so do the parts of it. */
let parts: Parts | null = null

function partsOf({ id }: Account): Parts {
  if (parts !== null) return parts
  const weekly = new WeeklyHours(id)
  const exceptions = new ExceptionDays(id, () => weekly.refresh())
  parts = { weekly, exceptions, daysOff: new DaysOff(id, exceptions) }
  void weekly.start()
  void exceptions.load()
  return parts
}

function HoursPage() {
  return (
    <ProviderFrame page="hours">
      {(account) => {
        const { weekly, exceptions, daysOff } = partsOf(account)
        const zone = weekly.saved.value?.timeZone ?? account.timeZone
        return (
          <>
            <div class="hours-head">
              <h1>{text.value.heading}</h1>
              <a class="button hours-jump" href="#time-off">
                {text.value.timeOffLink}
              </a>
            </div>
            <div class="hours">
              <WeeklyForm hours={weekly} zone={zone} />
              <div class="hours-side">
                <TimeOff off={daysOff} zone={zone} />
                <Exceptions days={exceptions} />
                <OtherHours days={exceptions} zone={zone} />
                <Holidays days={exceptions} zone={zone} />
              </div>
            </div>
          </>
        )
      }}
    </ProviderFrame>
  )
}

showPage({ page: HoursPage, text })
