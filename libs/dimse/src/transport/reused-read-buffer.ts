import { Socket } from 'node:net';

/** Bytes read at most in one go. */
const READ_BUFFER_LENGTH = 256 * 1024;

/**
 * Lets an accepted socket read into one buffer again and again. By default node:net allocates up to 64 KB for each
 * read, and freeing them takes most of the time of a fast sender. node:net offers reuse (`onread`) only for sockets it
 * connects, so the handle moves to a new socket; the accepted one stays behind as the server's token of the connection.
 *
 * @param accepted - From a server with `pauseOnConnect`; not to be used afterwards where a socket is returned.
 * @param receive - Gets a view of the buffer, valid until it returns true or the socket is resumed; false stops the
 * reading. Not called before `resume()` of the returned socket.
 * @returns undefined where this Node has no such handle; then nothing was changed.
 */
export function withReusedReadBuffer(accepted: Socket, receive: (chunk: Buffer) => boolean): Socket | undefined {
  const holder = accepted as unknown as { _handle: { useUserBuffer?: unknown } | null };
  const handle = holder._handle;
  if (typeof handle?.useUserBuffer !== 'function') return undefined;
  const buffer = Buffer.allocUnsafeSlow(READ_BUFFER_LENGTH);
  const onread = { buffer, callback: (length: number) => receive(buffer.subarray(0, length)) };
  holder._handle = null;
  const options = { handle, onread, writableHighWaterMark: READ_BUFFER_LENGTH };
  const socket = new Socket(options as ConstructorParameters<typeof Socket>[0]);
  socket.on('close', () => accepted.destroy());
  return socket;
}
