/** Whether chunks, one after the other, are exactly these bytes. Ends at the first difference; the caller closes the source. */
export async function areSameBytes(chunks: AsyncIterable<Buffer>, bytes: Buffer): Promise<boolean> {
  let at = 0;
  for await (const chunk of chunks) {
    if (!bytes.subarray(at, at + chunk.length).equals(chunk)) return false;
    at += chunk.length;
  }
  return at === bytes.length;
}
