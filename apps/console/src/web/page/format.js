const DAY_MS = 24 * 3600 * 1000;

/** The end of a UID tells studies of one archive apart; nothing of a patient stands in it. */
export function shortUid(uid) {
  return uid.length <= 16 ? uid : `…${uid.slice(-12)}`;
}

/** Time of day today, date and time before. */
export function when(iso, now = Date.now()) {
  const date = new Date(iso);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const today = new Date(now).toDateString() === date.toDateString();
  if (today) return time;
  const year = now - date.getTime() > 300 * DAY_MS ? { year: 'numeric' } : {};
  return `${date.toLocaleDateString([], { day: 'numeric', month: 'short', ...year })}, ${time}`;
}

/** To the second, for the timeline. */
export function clock(iso) {
  return new Date(iso).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
}

/** The day of an instant. */
export function day(iso) {
  return new Date(iso).toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' });
}

/** A number with so many decimals. */
export function fixed(value, decimals = 1) {
  return value.toFixed(decimals).replace('-', '−');
}

/** Modic types as they are said. */
export const MODIC_WORDS = { none: 'none', 1: 'type 1', 2: 'type 2', '3-possible': 'possible type 3', mixed: 'mixed' };

/** `1 disc`, `2 discs`. */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

const STATES = {
  received: ['Receiving', 'moving'],
  waiting: ['Waiting for a worker', 'moving'],
  analysing: ['Analysing', 'moving'],
  analysed: ['Analysed', 'done'],
  'not-analysed': ['Not analysed', 'attention'],
  delivering: ['Delivering', 'moving'],
  delivered: ['Delivered', 'done'],
  failed: ['Failed', 'bad'],
};
const DELIVERIES = {
  'under-way': ['On its way', 'moving'],
  waiting: ['Waiting to try again', 'attention'],
  delivered: ['Delivered and read back', 'done'],
  unproven: ['Accepted, not proven', 'attention'],
  acknowledged: ['Acknowledged', 'done'],
  superseded: ['Not sent, a later version is', 'moving'],
  'nothing-to-send': ['Nothing to send', 'moving'],
  'dead-letter': ['Given up', 'bad'],
};

/** Words and kind (`moving`, `done`, `attention`, `bad`) of a study; "delivered" is said only of what is proven. */
export function studyState(state, deliveries = []) {
  if (state === 'delivered' && deliveries.some((one) => one.state === 'unproven'))
    return ['Sent, not proven', 'attention'];
  return STATES[state] ?? [state, 'moving'];
}

/** Words and kind of a delivery. */
export function deliveryState(state) {
  return DELIVERIES[state] ?? [state, 'moving'];
}

/** Rungs that every delivery to a PACS has, for the worklist. */
export const RUNGS = ['rendered', 'validated', 'sent', 'read-back'];
/** All rungs in the order they are climbed. */
export const LADDER = ['rendered', 'validated', 'sent', 'committed', 'read-back'];
/** What is known of an object at its destination. */
export const PROOF_WORDS = {
  changed: 'present, changed',
  listed: 'listed',
  equal: 'same values, encoded anew',
  identical: 'identical bytes',
};
/** Words of the rungs. */
export const RUNG_WORDS = {
  rendered: 'Rendered',
  validated: 'Validated',
  sent: 'Sent',
  committed: 'Committed',
  'read-back': 'Read back',
};
