// npm install standardwebhooks; WEBHOOK_SECRET=whsec_… node webhook-receiver.mjs 8080
import { createServer } from 'node:http'
import { Webhook } from 'standardwebhooks'

const webhook = new Webhook(process.env.WEBHOOK_SECRET)
const server = createServer(async (request, response) => {
  try {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += piece
    const { type, data } = webhook.verify(body, request.headers)
    response.writeHead(204).end()
    console.log(request.headers['webhook-id'], type, JSON.stringify(data))
  } catch {
    response.writeHead(401).end()
  }
})
server.listen(process.argv[2], () => console.log('listening on port', server.address().port))
