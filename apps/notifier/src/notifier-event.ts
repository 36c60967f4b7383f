import { type DeliveryRung, type DeliveryState, type ReadBackProof } from '@endplate/studies';
import { type DeliveryName, type DeliveryReason } from './ladder';

/** What the notifier tells while it works; the shell logs, counts and adds it to the timeline. */
export type NotifierEvent = DeliveryName &
  (
    | { readonly type: 'rung'; readonly rung: DeliveryRung; readonly proof?: ReadBackProof }
    | { readonly type: 'postponed'; readonly attempt: number; readonly reason: DeliveryReason }
    | { readonly type: 'ended'; readonly state: DeliveryState; readonly reason?: DeliveryReason }
  );
