/**
 * Four voxels of a map at a time, in the order of memory, so that what is nearly everywhere the same can be passed over;
 * the last few and maps that don't begin at a word are left out.
 */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  if (bytes.byteOffset % 4 !== 0) return new Uint32Array(0);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}
