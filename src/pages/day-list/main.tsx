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
            <bdi>{account.name}</bdi> · {aboutDay(day.value, today.value, isReady ? rows.value.length : null)}
          </p>
        </div>
        <LinkSign />
      </div>
      <div class="list-tools">
        <button type="button" class="icon-button" aria-label={text.value.dayBefore} onClick={() => go(-1)}>
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
            {ahead === 0 ? text.value.goToToday : text.value.goToTomorrow}
          </button>
        ))}
        <button type="button" class="icon-button" aria-label={text.value.dayAfter} onClick={() => go(1)}>
          <Icon name="right" />
        </button>
        <input
          type="date"
          class="input list-day"
          aria-label={text.value.day}
          value={day.value}
          onChange={(event) => {
            if (event.currentTarget.value !== '') day.value = event.currentTarget.value
          }}
        />
        <span class="list-out">
          <button type="button" class="button main" disabled={!isReady} onClick={() => print()}>
            {text.value.print}
          </button>
          <button type="button" class="button" disabled={!isReady} onClick={() => download(list)}>
            {text.value.download}
          </button>
        </span>
      </div>
      {problem !== null && <Refusal problem={problem} />}
      {!isReady ? (
        problem === null && <div class="bone list-bone" />
      ) : rows.value.length === 0 ? (
        <p class="card empty">{text.value.nobody}</p>
      ) : (
        <table class="list">
          <thead>
            <tr>
              {columns.map(({ key }) => (
                <th key={key} scope="col">
                  {text.value.columns[key]}
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
        {text.value.timesIn({ zone: zone.replaceAll('_', ' ') })}{' '}
        {text.value.printed({ when: words.value.moment(minute.value, zone, 'long') })}
      </p>
    </>
  )
}

interface Column {
  key: 'time' | 'name' | 'phone' | 'service' | 'note' | 'state'
  cell: (reservation: Reservation, zone: string) => string
}

const columns: readonly Column[] = [
  {
    key: 'time',
    cell: ({ start, end }, zone) => words.value.range(Date.parse(start), Date.parse(end), zone),
  },
  { key: 'name', cell: ({ client }) => client?.name || text.value.forgotten },
  { key: 'phone', cell: ({ contact }) => contact?.phone ?? '' },
  {
    key: 'service',
    cell: ({ serviceName, durationMinutes }) => serviceName ?? text.value.minutes({ count: durationMinutes }),
  },
  { key: 'note', cell: ({ contact }) => contact?.note ?? '' },
  { key: 'state', cell: stateOf },
]

function stateOf({ status, expiresAt, outcome }: Reservation, zone: string): string {
  if (outcome !== undefined) return outcomeWord(outcome)
  if (status !== 'held') return text.value.booked
  return expiresAt === undefined
    ? text.value.held
    : text.value.heldUntil({ time: words.value.time(Date.parse(expiresAt), zone) })
}

function Row({ list, reservation }: { list: DayList; reservation: Reservation }) {
  const { zone, reservations } = list
  const canNote = reservation.status === 'confirmed' && Date.parse(reservation.start) <= minute.value
  return (
    <tr data-reservation={reservation.id} data-status={reservation.status}>
      {columns.map(({ key, cell }) => {
        const shown = cell(reservation, zone)
        // The cell is a row of its own on a phone, where its heading is out of sight.
        if (key === 'time') return <CellOfTime key={key} text={shown} />
        if (key === 'state' && canNote) {
          return (
            <td key={key}>
              <span class="list-state">{shown}</span>
              <OutcomeSwitch reservation={reservation} reservations={reservations} />
            </td>
          )
        }
        if (key === 'phone') {
          return (
            <td key={key} class="num">
              {shown !== '' && (
                <a href={`tel:${shown.replace(/[^+\d]/g, '')}`} dir="ltr">
                  {shown}
                </a>
              )}
            </td>
          )
        }
        return <td key={key}>{shown !== '' && <bdi>{shown}</bdi>}</td>
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

/** "today, 3 appointments"; how many once they are known. */
function aboutDay(day: string, today: string, count: number | null): string {
  const isTomorrow = day === addDays(today, 1)
  const { today: asToday, tomorrow, appointments } = text.value
  return words.value.list([
    ...(day === today ? [asToday] : isTomorrow ? [tomorrow] : []),
    ...(count === null ? [] : [appointments({ count })]),
  ])
}

function download({ day, rows, zone }: DayList): void {
  const [, ...others] = columns
  const { date, from, to } = text.value.fileColumns
  const head = [date, from, to, ...others.map(({ key }) => text.value.columns[key])]
  const timeOf = (instant: string) => words.value.time(Date.parse(instant), zone)
  const lines = rows.value.map((one) => [
    ...[day.value, timeOf(one.start), timeOf(one.end)],
    ...others.map(({ cell }) => cell(one, zone)),
  ])
  const separator = (1.5).toLocaleString().includes(',') ? ';' : ','
  const url = URL.createObjectURL(
    new Blob([csvOf([head, ...lines], separator)], { type: 'text/csv;charset=utf-8' }),
  )
  const link = document.createElement('a')
  link.href = url
  link.download = text.value.fileName({ day: day.value })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

showPage({ page: DayListPage, text })
