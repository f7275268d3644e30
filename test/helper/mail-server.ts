/** A real mail server on loopback, which a test has refuse, be slow, or be gone. */
import type { AddressInfo, Socket } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { Test } from 'tap'
import { headerOf, type ReadMail, readMail } from '../../src/mail/read-mail.js'

export interface ReceivedMail extends ReadMail {
  from: string
  to: string[]
  subject: string
  messageId: string
  raw: string
}

type Answer =
  | 'accept'
  /** The whole mail is taken, and the connection ends before or with the answer. */
  | 'cut'
  /** Says nothing after the mail, until it is let go on. */
  | 'silent'
  | { at: 'recipient' | 'data'; code: number; text?: string }

export class MailServer {
  /** In the order in which they came; those that were cut off as well. */
  readonly mails: ReceivedMail[] = []
  answer: Answer = 'accept'
  #server: SMTPServer | null = null
  #port = 0
  readonly #sockets = new Set<Socket>()
  readonly #waiting = new Set<() => void>()

  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`
  }

  get port(): number {
    return this.#port
  }

  to(address: string): ReceivedMail[] {
    return this.mails.filter(({ to }) => to.includes(address))
  }

  async start(): Promise<void> {
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      onRcptTo: (_address, _session, callback) => callback(this.#refusal('recipient')),
      onData: (stream, session, callback) => this.#take(stream, session, callback),
    })
    // What a client that is cut off leaves behind is no error of the test.
    server.on('error', () => {})
    server.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', () => resolve()))
    this.#port = (server.server.address() as AddressInfo).port
    this.#server = server
  }

  /** As if the machine were switched off; `start` has it on the same port again. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (!server) return
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  /** The silent ones get their answer. */
  goOn(): void {
    this.answer = 'accept'
    for (const answer of this.#waiting) answer()
    this.#waiting.clear()
  }

  #take(stream: SMTPServerDataStream, session: SMTPServerSession, callback: (error?: Error | null) => void) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const refusal = this.#refusal('data')
      if (refusal) return callback(refusal)
      this.mails.push(received(Buffer.concat(chunks), session))
      if (this.answer === 'silent') this.#waiting.add(() => callback())
      else if (this.answer === 'cut') this.#cut(session)
      else callback()
    })
  }

  #cut({ remotePort }: SMTPServerSession & { remotePort?: number }): void {
    for (const socket of this.#sockets) if (socket.remotePort === remotePort) socket.destroy()
  }

  #refusal(at: 'recipient' | 'data'): Error | null {
    const { answer } = this
    if (typeof answer === 'string' || answer.at !== at) return null
    return Object.assign(new Error(answer.text ?? 'no'), { responseCode: answer.code })
  }
}

export async function mailServer(t: Test): Promise<MailServer> {
  const server = new MailServer()
  await server.start()
  t.teardown(() => server.stop())
  return server
}

function received(bytes: Buffer, { envelope }: SMTPServerSession): ReceivedMail {
  const mail = readMail(bytes)
  return {
    ...mail,
    from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    to: envelope.rcptTo.map(({ address }) => address),
    subject: headerOf(mail, 'subject'),
    messageId: headerOf(mail, 'message-id'),
    raw: bytes.toString('utf8'),
  }
}
