/** A sequence in implicit VR little endian: the same item so many times. @standard PS3.5 7.5 */
export function manyItems(tag: number, item: Buffer, count: number): Buffer {
  return sized(tag, Buffer.concat(Array.from({ length: count }, () => sized(0xfffee000, item))));
}

/** An element, or item, of defined length: bytes 1-2 group, 3-4 element, 5-8 length. */
function sized(tag: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}
