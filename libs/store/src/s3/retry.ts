import { setTimeout as delay } from 'node:timers/promises';
import { type StoreError } from '../errors';
import { fromS3Error } from './s3-error';

const BASE_DELAY_MS = 100;

/** Repeats an idempotent exchange while its failure is retryable: 100, 200, 400 ms apart with jitter. */
export async function withRetry<T>(
  key: string,
  attempts: number,
  exchange: () => Promise<T>,
  mayRepeat: (error: StoreError) => boolean = ({ retryable, code }) => retryable && code !== 'STORE_FULL',
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await exchange();
    } catch (cause) {
      const error: StoreError = fromS3Error(cause, key);
      if (!mayRepeat(error) || attempt >= attempts) throw error;
      await delay(BASE_DELAY_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }
}
