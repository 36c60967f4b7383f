import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { MllpFailedError } from '../errors';

/** Where a receiver of HL7 v2 messages listens. */
export interface MllpPeer {
  readonly host: string;
  readonly port: number;
  /** Present: over TLS with these options of node:tls. */
  readonly tls?: ConnectionOptions;
  readonly connectTimeoutMs: number;
  /** For the whole wait for the acknowledgement. */
  readonly responseTimeoutMs: number;
}

const START_BLOCK = 0x0b;
const END_BLOCK = 0x1c;
const CARRIAGE_RETURN = 0x0d;
/** An acknowledgement has some hundred bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Sends one message and returns the first answer that `isAnswer` takes; others are passed over.
 * @param message - without the block around it
 * @throws NOTIFIER_HL7_FAILED where there is no connection, no answer in time, or bytes that are no block
 * @standard HL7 MLLP Release 1
 */
export function mllpExchange(peer: MllpPeer, message: Buffer, isAnswer: (answer: Buffer) => boolean): Promise<Buffer> {
  const { host, port, tls, connectTimeoutMs, responseTimeoutMs } = peer;
  return new Promise((resolve, reject) => {
    const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    const socket: Socket = tls ? connectTls({ ...servername, ...tls, host, port }) : connectPlain({ host, port });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const fail = (what: string, cause?: unknown): void =>
      end(() => reject(new MllpFailedError(what, cause === undefined ? undefined : { cause })));
    let timer = setTimeout(() => fail(`no connection within ${connectTimeoutMs} ms`), connectTimeoutMs);
    let held = Buffer.alloc(0);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      timer = setTimeout(() => fail(`no acknowledgement within ${responseTimeoutMs} ms`), responseTimeoutMs);
      socket.write(Buffer.concat([Buffer.of(START_BLOCK), message, Buffer.of(END_BLOCK, CARRIAGE_RETURN)]));
    });
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      if (held.length > MAX_ANSWER_BYTES) return fail(`the acknowledgement is longer than ${MAX_ANSWER_BYTES} bytes`);
      const { blocks, rest } = takeBlocks(held);
      held = rest;
      const answer = blocks.find(isAnswer);
      if (answer) end(() => resolve(answer));
    });
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'no connection', error));
    socket.once('close', () => fail('the connection was closed before the acknowledgement'));
  });
}

/** The whole blocks of some bytes; what stands between blocks means nothing. */
function takeBlocks(bytes: Buffer): { readonly blocks: readonly Buffer[]; readonly rest: Buffer<ArrayBuffer> } {
  const blocks: Buffer[] = [];
  let rest = Buffer.from(bytes);
  for (;;) {
    const start = rest.indexOf(START_BLOCK);
    const end = start < 0 ? -1 : rest.indexOf(END_BLOCK, start);
    if (end < 0) return { blocks, rest: start < 0 ? rest : rest.subarray(start) };
    blocks.push(rest.subarray(start + 1, end));
    rest = rest.subarray(end + 1);
  }
}
