import { type UID } from '@endplate/dicom';
import { analyseStudy, type SpineSegmenter } from '@endplate/kernel';
import { loadBundle } from '../bundle/load-bundle';
import { type FromAnalysis, fromSentError, toSentError, type ToAnalysis } from './message';
import { AnalysisFailedError } from '../errors';

/**
 * The process that computes: the kernel keeps a core busy for seconds at a time, so it runs beside the worker, which
 * stays free to renew its locks and answer its probes. It holds no credentials and writes nothing.
 */
let segmenter: SpineSegmenter | undefined;
let nextRequest = 0;
const reads = new Map<number, { resolve: (bytes: Buffer) => void; reject: (error: Error) => void }>();

process.on('message', (message: ToAnalysis) => {
  switch (message.type) {
    case 'load':
      answer(load(message));
      break;
    case 'analyse':
      answer(analyse(message));
      break;
    case 'instance':
      reads.get(message.request)?.resolve(asBuffer(message.bytes));
      reads.delete(message.request);
      break;
    case 'instance-failed':
      reads.get(message.request)?.reject(fromSentError(message.error));
      reads.delete(message.request);
      break;
    default:
      message satisfies never;
  }
});
// The worker is gone: nobody waits for the result.
process.on('disconnect', () => process.exit(0));
// An interrupt from a terminal reaches both processes; the worker says when this one ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

async function load({ bundle, intraOpThreads }: Extract<ToAnalysis, { type: 'load' }>): Promise<FromAnalysis> {
  segmenter = await loadBundle(bundle, { intraOpThreads });
  return { type: 'ready', model: segmenter.model };
}

async function analyse({ input, software }: Extract<ToAnalysis, { type: 'analyse' }>): Promise<FromAnalysis> {
  if (!segmenter) throw new AnalysisFailedError('no network is loaded');
  const notify = (event: Extract<FromAnalysis, { type: 'event' }>['event']) => tell({ type: 'event', event });
  const result = await analyseStudy({ ...input, readInstance }, { segmenter, software, notify });
  return { type: 'result', result };
}

function readInstance(sopInstanceUID: UID): Promise<Buffer> {
  nextRequest += 1;
  const request = nextRequest;
  return new Promise((resolve, reject) => {
    reads.set(request, { resolve, reject });
    tell({ type: 'read', request, sopInstanceUID });
  });
}

function answer(work: Promise<FromAnalysis>): void {
  work.then(tell, (error: unknown) => tell({ type: 'failed', error: toSentError(error) }));
}

/** A message that cannot be sent has nobody who waits for it: the end of the connection ends this process. */
function tell(message: FromAnalysis): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
