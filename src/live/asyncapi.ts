/** The live channel as an AsyncAPI document, from the same schemas that check its frames. */

import { type TSchema, Type } from 'typebox'
import { slotEventNames } from '../domain/event-names.js'
import {
  Auth,
  Complaint,
  Heartbeat,
  Picture,
  ReservationEvent,
  ScheduleEvent,
  SlotEvent,
  Unwatch,
  WaitEvent,
  Watch,
} from '../schemas/events.js'

type Json = Record<string, unknown>

const nothing = Type.Object({}, { additionalProperties: false })

/** What the server sends, by name of the event. */
const fromServer: Record<string, { payload: TSchema; summary: string }> = {
  ...Object.fromEntries(
    slotEventNames.map((name) => [name, { payload: SlotEvent, summary: summaryOf(name) }]),
  ),
  slots: {
    payload: Picture,
    summary: 'Replaces the picture; may come at any time. By service: other starts fit than before',
  },
  reservation: {
    payload: ReservationEvent,
    summary:
      'To every socket of the client whose reservation it is; once for an appointment of several slots',
  },
  schedule: {
    payload: ScheduleEvent,
    summary:
      'To the own sockets of a provider that watch its calendar, when its hours, or what lies outside of them, change',
  },
  wait: {
    payload: WaitEvent,
    summary: 'To every socket of a client who is on a waiting list: how its wait stands now',
  },
  heartbeat: { payload: Heartbeat, summary: 'After 15 seconds without an event' },
  'auth-expired': {
    payload: nothing,
    summary: 'The access token of this socket has ended; public watches go on, unless PUBLIC_VIEW is false',
  },
  error: {
    payload: Complaint,
    summary: 'A message that is unknown, unreadable or one too many; further ones may end the connection',
  },
}

/** What a viewer sends. Viewers watch; they never write. */
const fromViewer: Record<string, { payload: TSchema; summary: string }> = {
  watch: {
    payload: Watch,
    summary: 'Get the picture of a provider, or of one of its services, then its changes',
  },
  unwatch: { payload: Unwatch, summary: 'Stop watching' },
  auth: { payload: Auth, summary: 'Begin or renew the private view with an access token' },
}

function summaryOf(name: string): string {
  return `A slot was ${name.replace('slot-', '')}; an appointment of several slots is one event for each, all in one moment`
}

export function asyncapiDocument(version: string): Json {
  const messages = Object.fromEntries(
    Object.entries({ ...fromServer, ...fromViewer }).map(([name, { payload, summary }]) => [
      name,
      { name, summary, contentType: 'application/json', payload },
    ]),
  )
  const refs = (names: string[]) =>
    Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]))
  const channels = {
    socketio: {
      address: '/live',
      title: 'Socket.IO namespace',
      description: 'Path /socket.io/. Answers come as acknowledgements. See PROTOCOL.md.',
      servers: [{ $ref: '#/servers/here' }],
      messages: refs(Object.keys(messages)),
    },
    websocket: {
      address: '/v1/live',
      title: 'Raw WebSocket',
      description:
        'The same messages as JSON text frames: { type: <name>, ref?, ...payload }. A watch is answered by watching, unwatch and auth by ok, an unreadable frame by error.',
      servers: [{ $ref: '#/servers/here' }],
      messages: refs(Object.keys(messages)),
    },
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Slotcast live',
      version,
      description: 'Every viewer of a calendar gets a picture, then each change once and in order.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: { here: { host: '{host}', protocol: 'ws', variables: { host: { default: '127.0.0.1:3000' } } } },
    channels,
    operations: Object.fromEntries(
      Object.keys(channels).flatMap((channel) => [
        [`${channel}-receive`, operation('send', channel, Object.keys(fromServer))],
        [`${channel}-ask`, operation('receive', channel, Object.keys(fromViewer))],
      ]),
    ),
    components: { messages },
  }
}

/** From the server's side: it sends events and receives the viewers' messages. */
function operation(action: 'send' | 'receive', channel: string, names: string[]): Json {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  }
}
