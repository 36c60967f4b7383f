import { fdatasync, read, write, writev } from 'node:fs';

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

/** Writes all of `parts`, one behind the other, from `position` on. */
export function writeAllAt(fd: number, parts: readonly Buffer[], position: number): Promise<void> {
  const [first, ...others] = parts;
  if (!first) return Promise.resolve();
  if (others.length === 0) return writeAt(fd, first, position);
  return new Promise((resolve, reject) => {
    const total = parts.reduce((sum, { length }) => sum + length, 0);
    writev(fd, parts, position, (error, written) => {
      if (error) reject(error);
      else if (written === total) resolve();
      else writeAllAt(fd, behind(parts, written), position + written).then(resolve, reject);
    });
  });
}

/** What is left of `parts` without their first bytes. */
function behind(parts: readonly Buffer[], bytes: number): readonly Buffer[] {
  let skip = bytes;
  return parts.flatMap((part) => {
    const skipped = Math.min(skip, part.length);
    skip -= skipped;
    return skipped === part.length ? [] : [part.subarray(skipped)];
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
