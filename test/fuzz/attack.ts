import { connect } from 'node:net';
import { decodeCommandSet } from '../../libs/dimse/src/message/command-set';
import { type HostileCase } from './hostile-association';

/** A moment of silence before a `silent` case leaves, and the longest that any case stays, ms. */
const SILENCE_MS = 60;
const STAY_MS = 3000;

/** Plays one case against a server; gives the SOP Instance UIDs for which it answered success. Never rejects. */
export function attack(port: number, { pieces, leave }: HostileCase): Promise<string[]> {
  return new Promise((resolve) => {
    const heard: Buffer[] = [];
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
    const last = setTimeout(() => socket.destroy(), STAY_MS);
    socket.on('data', (bytes) => heard.push(bytes));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      clearTimeout(last);
      resolve(acknowledged(Buffer.concat(heard)));
    });
    socket.on('connect', () => {
      for (const piece of pieces) socket.write(piece);
      if (leave === 'half-close') socket.end();
      else socket.write(Buffer.alloc(0), () => setTimeout(() => socket.destroy(), leave === 'silent' ? SILENCE_MS : 0));
    });
  });
}

/** Instances of C-STORE responses with status 0000 in what a server sent. */
function acknowledged(bytes: Buffer): string[] {
  const uids: string[] = [];
  for (let at = 0; at + 12 <= bytes.length; at += 6 + bytes.readUInt32BE(at + 2)) {
    if (bytes[at] !== 4) continue;
    const value = bytes.subarray(at + 12, at + 10 + bytes.readUInt32BE(at + 6));
    const { CommandField, Status, AffectedSOPInstanceUID } = decodeCommandSet(value);
    if (CommandField === 0x8001 && Status === 0 && AffectedSOPInstanceUID) uids.push(AffectedSOPInstanceUID);
  }
  return uids;
}
