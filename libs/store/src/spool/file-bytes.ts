import { fdatasync, read, write } from 'node:fs';

/** Writes all of `bytes` at `position`. */
export function writeAt(fd: number, bytes: Buffer, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const from = (at: number): void =>
      write(fd, bytes, at, bytes.length - at, position + at, (error, written) => {
        if (error) reject(error);
        else if (at + written === bytes.length) resolve();
        // A short write is the disk's way to say that it is nearly full; the rest says why.
        else if (written === 0) reject(new Error('the disk took no byte'));
        else from(at + written);
      });
    from(0);
  });
}

/** Fills `into` from `position` on; gives the bytes read, fewer where the file ends before. */
export function readAt(fd: number, into: Buffer, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const from = (at: number): void =>
      read(fd, into, at, into.length - at, position + at, (error, taken) => {
        if (error) reject(error);
        else if (taken === 0 || at + taken === into.length) resolve(at + taken);
        else from(at + taken);
      });
    from(0);
  });
}

/** Resolves when what was written before the call is durable. */
export function syncData(fd: number): Promise<void> {
  return new Promise((resolve, reject) => fdatasync(fd, (error) => (error ? reject(error) : resolve())));
}
