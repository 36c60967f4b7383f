import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { type ListenerConfig } from '../listener.config';

/** The same name after a restart: what a process left in its spool is then no longer held by somebody who is gone. */
export function holderOf({ dicom }: ListenerConfig): string {
  return createHash('sha256')
    .update(`${hostname()}\0${dicom.spoolDir ?? ''}`)
    .digest('hex')
    .slice(0, 16);
}
