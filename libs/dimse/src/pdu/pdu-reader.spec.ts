import { PduInvalid } from '../errors';
import { pick, seededRandom } from '../testing/seeded-random';
import { encodePdu } from './encode-pdu';
import { encodePData } from './p-data';
import type { AssociateRq } from './pdu';
import { PduReader, type PduEvent, type PduLimits } from './pdu-reader';

const LIMITS: PduLimits = { maxPDataLength: 4096, maxAssociateLength: 8192 };
/** Splits and mutations tried; the long run multiplies them: `DIMSE_FUZZ=40 npx jest libs/dimse/src/pdu`. */
const FACTOR = Number(process.env['DIMSE_FUZZ'] ?? 1);

function associateRq(random: () => number): AssociateRq {
  const contexts = Array.from({ length: 1 + pick(random, 20) }, (_, i) => ({
    id: 2 * i + 1,
    abstractSyntax: `1.2.840.${pick(random, 9999)}`,
    transferSyntaxes: Array.from({ length: 1 + pick(random, 4) }, () => `1.2.${pick(random, 9999)}`),
  }));
  return {
    kind: 'associate-rq',
    protocolVersion: 1,
    calledAETitle: 'ENDPLATE',
    callingAETitle: 'FUZZ',
    applicationContextName: '1.2.840.10008.3.1.1.1',
    presentationContexts: contexts,
    userInformation: {
      maximumLength: pick(random, 1 << 20),
      implementationClassUID: '1.2.3',
      roleSelections: [{ sopClassUID: '1.2', scu: true, scp: false }],
      extendedNegotiations: [],
    },
  };
}

/** A stream of PDUs as peers send them, several PDVs in one P-DATA-TF included. */
function validStream(random: () => number): Buffer {
  const parts = [encodePdu(associateRq(random))];
  for (let i = 0, n = 1 + pick(random, 6); i < n; i += 1) {
    const value = Buffer.alloc(pick(random, 3000), i + 1);
    parts.push(encodePData(2 * pick(random, 128) + 1, random() < 0.3, value, 2 + 2 * pick(random, 1000)));
    if (random() < 0.3) parts.push(severalPdvs(random));
  }
  parts.push(encodePdu(random() < 0.5 ? { kind: 'release-rq' } : { kind: 'abort', source: 0, reason: 0 }));
  return Buffer.concat(parts);
}

function severalPdvs(random: () => number): Buffer {
  const pdvs = Array.from({ length: 1 + pick(random, 5) }, () =>
    encodePData(1, false, Buffer.alloc(pick(random, 50), 9), 4096).subarray(6),
  );
  const list = Buffer.concat(pdvs);
  const header = Buffer.from([4, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(list.length, 2);
  return Buffer.concat([header, list]);
}

/** Reads a stream in the given pieces. With `borrowed`, each piece is wiped once the reader has let go of it. */
function read(pieces: readonly Buffer[], borrowed = false): { events: PduEvent[]; error: unknown } {
  const reader = new PduReader(LIMITS);
  const events: PduEvent[] = [];
  try {
    for (const piece of pieces) {
      const own = borrowed ? Buffer.from(piece) : piece;
      reader.push(own);
      for (let event = reader.next(); event; event = reader.next()) {
        events.push(event.kind === 'pdv' ? { ...event, bytes: Buffer.from(event.bytes) } : event);
      }
      reader.detach();
      if (borrowed) own.fill(0xee);
    }
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

/** Joins the pieces of each PDV, so that streams cut differently can be compared. */
function joined(events: readonly PduEvent[]): unknown[] {
  const out: unknown[] = [];
  let pieces: Buffer[] = [];
  for (const event of events) {
    if (event.kind !== 'pdv') {
      out.push(event);
      continue;
    }
    pieces.push(event.bytes);
    if (!event.end) continue;
    out.push({ ...event, bytes: Buffer.concat(pieces).toString('hex') });
    pieces = [];
  }
  return pieces.length > 0 ? [...out, 'open PDV'] : out;
}

function cut(stream: Buffer, random: () => number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < stream.length;) {
    const length = random() < 0.3 ? 1 : 1 + pick(random, 500);
    pieces.push(stream.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

describe('PduReader', () => {
  it('gives the same events however a valid stream is cut', () => {
    for (let seed = 1; seed <= 400 * FACTOR; seed += 1) {
      const random = seededRandom(seed);
      const stream = validStream(random);
      const whole = read([stream]);
      expect(whole.error).toBeUndefined();
      const pieces = read(cut(stream, random), true);
      expect(pieces.error).toBeUndefined();
      expect(joined(pieces.events)).toEqual(joined(whole.events));
    }
  });

  it('gives the same events byte by byte', () => {
    const stream = validStream(seededRandom(7));
    const bytes = Array.from(stream, (_, i) => stream.subarray(i, i + 1));
    expect(joined(read(bytes, true).events)).toEqual(joined(read([stream]).events));
  });

  it('meets changed bytes with an error of its own or with events, and never with more bytes than came', () => {
    let refused = 0;
    for (let seed = 1; seed <= 3000 * FACTOR; seed += 1) {
      const random = seededRandom(seed);
      const stream = validStream(random);
      for (let n = 1 + pick(random, 4); n > 0; n -= 1) mutate(stream, random);
      const { events, error } = read(cut(stream, random));
      if (error !== undefined) {
        expect(error).toBeInstanceOf(PduInvalid);
        refused += 1;
      }
      const delivered = events.reduce((sum, event) => sum + (event.kind === 'pdv' ? event.bytes.length : 0), 0);
      expect(delivered).toBeLessThanOrEqual(stream.length);
      expect(events.length).toBeLessThanOrEqual(stream.length);
    }
    expect(refused).toBeGreaterThan(100 * FACTOR);
  });

  it('hands P-DATA on before the PDU is complete, as views', () => {
    const reader = new PduReader(LIMITS);
    const stream = encodePData(3, false, Buffer.from('0123456789'), 4096);
    const start = stream.subarray(0, 15);
    reader.push(start);
    expect(reader.next()).toEqual({ kind: 'p-data', length: 16 });
    const first = reader.next();
    expect(first).toMatchObject({ contextId: 3, command: false, last: true, end: false });
    expect(first?.kind === 'pdv' && first.bytes.buffer).toBe(stream.buffer);
    expect(reader.next()).toBeUndefined();
    reader.push(stream.subarray(15));
    expect(reader.next()).toMatchObject({ end: true, bytes: Buffer.from('3456789') });
    expect(reader.insidePdu).toBe(false);
  });

  it.each([
    ['a P-DATA-TF of 4 GB', '0400ffffffff', 6],
    ['a P-DATA-TF over the length we told', '040000001100', 6],
    ['an A-ASSOCIATE-RQ of 4 GB', '0100ffffffff', 6],
    ['an A-RELEASE-RQ of 5 bytes', '050000000005', 6],
    ['a PDU of unknown type', '090000000004', 1],
    ['HTTP', Buffer.from('GET / HTTP/1.1').toString('hex'), 1],
    ['a PDV longer than its PDU', '040000000008' + '00000005' + '0103', 6],
    ['a PDV of 1 byte', '040000000008' + '00000001' + '0103', 6],
    ['a PDV of 4 GB', '040000000008' + 'ffffffff' + '0103', 6],
    ['a PDU with room for no PDV', '040000000005' + '0000000101', 6],
  ])('refuses %s from its header, then swallows the rest', (_what, hex, abortReason) => {
    const reader = new PduReader(LIMITS);
    reader.push(Buffer.from(hex, 'hex'));
    const readAll = () => {
      while (reader.next() !== undefined);
    };
    expect(readAll).toThrow(expect.objectContaining({ code: 'DIMSE_PDU_INVALID', abortReason }));
    reader.push(Buffer.alloc(1 << 20));
    expect(reader.next()).toBeUndefined();
  });
});

function mutate(stream: Buffer, random: () => number): void {
  const at = pick(random, stream.length);
  const kind = pick(random, 4);
  if (kind === 0) stream.writeUInt8(pick(random, 256), at);
  else if (kind === 1) stream.writeUInt8(0xff, at);
  else if (kind === 2 && at + 4 <= stream.length)
    stream.writeUInt32BE(pick(random, 2) === 0 ? 0xffffffff : pick(random, 5000), at); // prettier-ignore
  else stream.copy(stream, at, pick(random, stream.length));
}
