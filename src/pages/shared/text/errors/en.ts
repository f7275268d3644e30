/** What happened and what to do next, for each code of the error catalogue, no answer at all, and a sign-in that is refused. */
import type { Grammar } from '../grammar.js'

export const errors = ({ number }: Grammar) => ({
  offline: {
    text: 'The server cannot be reached.',
    next: 'Check your connection; your choice is kept and you can try again.',
  },
  invalid_request: {
    text: 'Something in the form is not right.',
    next: 'Look at the marked fields and send it again.',
  },
  unauthenticated: { text: 'You are not signed in any more.', next: 'Sign in and try again.' },
  wrong_password: {
    text: 'The e-mail address or the password is wrong.',
    next: 'Look at both; capital letters count in the password.',
  },
  forbidden: {
    text: 'Your account cannot do this.',
    next: 'Use an account of the other kind: clients book, providers publish.',
  },
  not_found: {
    text: 'This does not exist, or no longer does.',
    next: 'Go back to the calendar and choose from there.',
  },
  method_not_allowed: { text: 'The server does not do this here.', next: 'Reload the page and try again.' },
  not_acceptable: {
    text: 'The server and this page do not understand each other.',
    next: 'Reload the page and try again.',
  },
  slot_held: {
    text: 'Someone was just faster and holds this time.',
    next: 'It may come free again; or take one of the nearest free times.',
  },
  slot_confirmed: { text: 'Someone has booked this time.', next: 'Take one of the nearest free times.' },
  slot_withdrawn: { text: 'This time is no longer offered.', next: 'Take one of the nearest free times.' },
  client_busy: {
    text: 'You already have a reservation at that time.',
    next: 'See it under My bookings; give it back if you want this one instead.',
  },
  hold_limit: {
    text: 'You hold as many times as you may at once.',
    next: 'Confirm one or give one back, then choose again.',
  },
  booking_limit: {
    text: 'You have as many bookings ahead with this provider as you may.',
    next: 'Come again when one of them is over, or cancel one.',
  },
  wait_limit: {
    text: 'You wait for as many times as you may.',
    next: 'Leave one of the waiting lists first.',
  },
  waiting_list_full: {
    text: 'This waiting list is full.',
    next: 'Look again later, or choose another provider.',
  },
  mail_unavailable: {
    text: 'This server sends no mail.',
    next: 'Create an account instead, or ask the provider.',
  },
  link_taken: { text: 'Somebody else has this link.', next: 'Choose another one.' },
  email_taken: {
    text: 'There is already an account with this e-mail address.',
    next: 'Sign in with it instead.',
  },
  hold_expired: { text: 'Your hold has run out.', next: 'If the time is still free, hold it again.' },
  hold_released: {
    text: 'This reservation was given back, or ended by the provider.',
    next: 'Choose a time again.',
  },
  precondition_failed: {
    text: 'This was changed somewhere else in the meantime.',
    next: 'Look at it again, then repeat your change.',
  },
  precondition_required: {
    text: 'The server and this page do not understand each other.',
    next: 'Reload the page and try again.',
  },
  too_large: { text: 'That was more than the server takes at once.', next: 'Send less at a time.' },
  uri_too_long: { text: 'This address is too long.', next: 'Go back to the start page.' },
  unsupported_media_type: {
    text: 'The server and this page do not understand each other.',
    next: 'Reload the page and try again.',
  },
  min_notice: { text: 'This time starts too soon to be booked.', next: 'Choose a later time.' },
  max_ahead: { text: 'This time is too far ahead to be booked.', next: 'Choose an earlier time.' },
  cutoff: {
    text: 'It is too late to change this by yourself.',
    next: 'Ask the provider to do it for you.',
  },
  extension_limit: {
    text: 'This hold cannot last longer.',
    next: 'Confirm it while it lasts, or hold a time again later.',
  },
  not_begun: {
    text: 'This appointment has not begun.',
    next: 'Note it from its start on.',
  },
  does_not_fit: {
    text: 'The appointment does not fit there.',
    next: 'Choose another time; only those where it fits are shown.',
  },
  too_many_exceptions: {
    text: `That is more than the ${number(200)} days or spans that may differ from the weekly hours.`,
    next: 'Delete those that are over.',
  },
  too_many_webhooks: {
    text: `That is more than the ${number(20)} webhooks a provider may have.`,
    next: 'Delete one that you do not need any more.',
  },
  url_refused: {
    text: 'Nothing is sent to this address.',
    next: 'It must begin with https:// and be reachable from the internet.',
  },
  too_many_keys: {
    text: `That is more than the ${number(20)} API keys an account may have.`,
    next: 'Revoke one that is not used any more.',
  },
  too_many_feeds: {
    text: `That is more than the ${number(10)} calendar feeds an account may have.`,
    next: 'Revoke one that is not used any more.',
  },
  too_many_services: {
    text: `That is more than the ${number(50)} services a provider may have.`,
    next: 'Delete one that you do not need any more.',
  },
  invalid_picture: {
    text: 'This file is not a picture that can be shown.',
    next: 'Choose a PNG, JPEG or WebP that does not move.',
  },
  off_grid: { text: 'Times begin and end on the quarter hour.', next: 'Choose :00, :15, :30 or :45.' },
  invalid_local_time: {
    text: 'Clocks change that night: this time does not exist, or exists twice.',
    next: 'Choose another time on that day.',
  },
  in_the_past: { text: 'This time is over.', next: 'Choose a time that lies ahead.' },
  too_many_slots: {
    text: `That is more than ${number(3000)} times at once, or more than a calendar may have.`,
    next: 'Publish fewer weeks at a time, or less far ahead.',
  },
  window_too_long: { text: `That span is longer than ${number(62)} days.`, next: 'Choose a shorter one.' },
  service_inactive: { text: 'This service is not offered any more.', next: 'Choose another service.' },
  idempotency_key_reused: { text: 'This request was mixed up with another.', next: 'Choose the time again.' },
  rate_limited: { text: 'That was a lot at once.', next: 'Wait a little, then try again.' },
  unavailable: {
    text: 'This is not possible at the moment.',
    next: 'Nothing is lost; try again in a few seconds.',
  },
  internal: { text: 'Something is broken on our side.', next: 'Try again; if it stays, tell the provider.' },
})

export type Errors = ReturnType<typeof errors>
