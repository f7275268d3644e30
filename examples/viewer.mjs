// npm install socket.io-client; node viewer.mjs http://127.0.0.1:3000 <provider id>
import { io } from 'socket.io-client'

const [url, providerId] = process.argv.slice(2)
const live = io(`${url}/live`, { query: { providerId }, transports: ['websocket'] })
live.on('slots', ({ slots }) => {
  console.log(`${slots.filter(({ state }) => state === 'open').length} of ${slots.length} slots are open`)
})
live.onAny((name, { start, state }) => name.startsWith('slot-') && console.log(name, start, state))
live.on('connect_error', ({ message }) => console.log(message))
