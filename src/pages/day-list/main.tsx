import './day-list.css'
import { addDays } from '../../domain/days.js'
import type { Reservation } from '../../schemas/reservations.js'
import { LinkSign } from '../shared/frame.jsx'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { minute } from '../shared/now.js'
import { OutcomeSwitch, outcomeWord } from '../shared/outcome.jsx'
import { ProviderFrame } from '../shared/provider-frame.jsx'
import { Refusal } from '../shared/refusal.jsx'
import { showPage } from '../shared/show-page.jsx'
import { csvOf } from './csv.js'
import { type DayList, openDayList } from './state.js'
import { text } from './text.js'

/** A page belongs to one account, and so does its list. */
let list: DayList | null = null

function DayListPage() {
  return (
    <ProviderFrame page="list">
      {(account) => {
        list ??= openDayList(account)
        return <DayListView list={list} />
      }}
    </ProviderFrame>
  )
}

function DayListView({ list }: { list: DayList }) {
  const { account, zone, reservations, day, today, rows } = list
  const problem = reservations.problem.value
  const isReady = reservations.ready.value
  const go = (days: number) => {
    day.value = addDays(day.value, days)
  }
  return (
    <>
      <div class="list-head">
        <div>
          <h1 aria-live="polite">{words.value.day(day.value)}</h1>
          <p class="quiet">
            {account.name} · {dayWord(day.value, today.value)}
            {isReady
              ? `${rows.value.length} ${rows.value.length === 1 ? 'appointment' : 'appointments'}`
              : ''}
          </p>
        </div>
        <LinkSign />
      </div>
      <div class="list-tools">
        <button type="button" class="icon-button" aria-label="Day before" onClick={() => go(-1)}>
          <Icon name="left" />
        </button>
        {[0, 1].map((ahead) => (
          <button
            key={ahead}
            type="button"
            class="button"
            aria-pressed={day.value === addDays(today.value, ahead)}
            onClick={() => {
              day.value = addDays(today.value, ahead)
            }}
          >
            {ahead === 0 ? 'Today' : 'Tomorrow'}
          </button>
        ))}
        <button type="button" class="icon-button" aria-label="Day after" onClick={() => go(1)}>
          <Icon name="right" />
        </button>
        <input
          type="date"
          class="input list-day"
          aria-label="Day"
          value={day.value}
          onChange={(event) => {
            if (event.currentTarget.value !== '') day.value = event.currentTarget.value
          }}
        />
        <span class="list-out">
          <button type="button" class="button main" disabled={!isReady} onClick={() => print()}>
            Print
          </button>
          <button type="button" class="button" disabled={!isReady} onClick={() => download(list)}>
            Download CSV
          </button>
        </span>
      </div>
      {problem !== null && <Refusal problem={problem} />}
      {!isReady ? (
        problem === null && <div class="bone list-bone" />
      ) : rows.value.length === 0 ? (
        <p class="card empty">Nobody is booked on this day.</p>
      ) : (
        <table class="list">
          <thead>
            <tr>
              {columns.map(({ title }) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.value.map((one) => (
              <Row key={one.id} list={list} reservation={one} />
            ))}
          </tbody>
        </table>
      )}
      <p class="list-foot small">
        Times in {zone.replaceAll('_', ' ')}. Printed {words.value.dayOfInstant(minute.value, zone)},{' '}
        {words.value.time(minute.value, zone)}.
      </p>
    </>
  )
}

type Text = (reservation: Reservation, zone: string) => string

const columns: readonly { title: string; text: Text }[] = [
  {
    title: 'Time',
    text: ({ start, end }, zone) =>
      `${words.value.time(Date.parse(start), zone)} – ${words.value.time(Date.parse(end), zone)}`,
  },
  { title: 'Name', text: ({ client }) => client?.name || '(forgotten)' },
  { title: 'Phone', text: ({ contact }) => contact?.phone ?? '' },
  { title: 'Service', text: ({ serviceName, durationMinutes }) => serviceName ?? `${durationMinutes} min` },
  { title: 'Note', text: ({ contact }) => contact?.note ?? '' },
  { title: 'State', text: stateOf },
]

function stateOf({ status, expiresAt, outcome }: Reservation, zone: string): string {
  if (outcome !== undefined) return outcomeWord(outcome)
  if (status !== 'held') return 'Booked'
  return expiresAt === undefined ? 'Held' : `Held until ${words.value.time(Date.parse(expiresAt), zone)}`
}

function Row({ list, reservation }: { list: DayList; reservation: Reservation }) {
  const { zone, reservations } = list
  const canNote = reservation.status === 'confirmed' && Date.parse(reservation.start) <= minute.value
  return (
    <tr data-reservation={reservation.id} data-status={reservation.status}>
      {columns.map(({ title, text }) => {
        const shown = text(reservation, zone)
        // The cell is a row of its own on a phone, where its heading is out of sight.
        if (title === 'Time') return <CellOfTime key={title} text={shown} />
        if (title === 'State' && canNote) {
          return (
            <td key={title} data-title={title}>
              <span class="list-state">{shown}</span>
              <OutcomeSwitch reservation={reservation} reservations={reservations} />
            </td>
          )
        }
        const isPhone = title === 'Phone' && shown !== ''
        return (
          <td key={title} data-title={title} class={title === 'Phone' ? 'num' : undefined}>
            {isPhone ? <a href={`tel:${shown.replace(/[^+\d]/g, '')}`}>{shown}</a> : shown}
          </td>
        )
      })}
    </tr>
  )
}

function CellOfTime({ text }: { text: string }) {
  return (
    <th scope="row" class="num">
      {text}
    </th>
  )
}

function dayWord(day: string, today: string): string {
  if (day === today) return 'today, '
  return day === addDays(today, 1) ? 'tomorrow, ' : ''
}

function download({ day, rows, zone }: DayList): void {
  const [, ...others] = columns
  const head = ['Date', 'From', 'To', ...others.map(({ title }) => title)]
  const timeOf = (instant: string) => words.value.time(Date.parse(instant), zone)
  const lines = rows.value.map((one) => [
    ...[day.value, timeOf(one.start), timeOf(one.end)],
    ...others.map(({ text }) => text(one, zone)),
  ])
  const separator = (1.5).toLocaleString().includes(',') ? ';' : ','
  const url = URL.createObjectURL(
    new Blob([csvOf([head, ...lines], separator)], { type: 'text/csv;charset=utf-8' }),
  )
  const link = document.createElement('a')
  link.href = url
  link.download = `appointments-${day.value}.csv`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

showPage({ page: DayListPage, text })
