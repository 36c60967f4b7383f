import { h } from './dom.js';
import { clock, deliveryState, LADDER, PROOF_WORDS, RUNG_WORDS } from './format.js';

/** Ends after which a delivery can be begun anew. */
const CAN_RETRY = new Set(['dead-letter', 'unproven']);
/** Deliveries that were asked for and are not in the answer yet, so that the button stays pressed meanwhile. */
const asked = new Map();

/**
 * One delivery: how far it came, what is known of each object, why it waits or ended, and the way to begin it anew.
 * @param {object} record of the API
 * @param {{ studyInstanceUID: string, version: number }} name
 */
export function delivery(record, name) {
  const { destination, state, rungs, outOfReach, objects, attempts, reason } = record;
  const [words, kind] = deliveryState(state);
  const why = new Map(outOfReach.map(({ rung, why: text }) => [rung, text]));
  const reached = new Map(rungs.map((one) => [one.rung, one]));
  const names = LADDER.filter((rung) => rung !== 'committed' || reached.has(rung) || why.has(rung));
  return h(
    'div.delivery',
    { 'data-kind': kind },
    h(
      'div.delivery-head',
      {},
      h('b', {}, destination),
      h('span.state', { 'data-kind': kind }, words),
      CAN_RETRY.has(state) && retryButton(record, name),
    ),
    h('ol.steps', {}, ...names.map((rung) => step(rung, reached.get(rung), why.get(rung)))),
    reason && h('p.why', {}, `${reason.text} (${reason.code}${attempts > 1 ? `, ${attempts} tries` : ''})`),
    objects.length > 0 && h('ul.objects', {}, ...objects.map(object)),
  );
}

function step(rung, reached, why) {
  return h(
    'li.step',
    { 'data-on': reached !== undefined, 'data-out': why !== undefined, title: why },
    RUNG_WORDS[rung],
    reached && h('time', { datetime: reached.at }, clock(reached.at)),
    reached?.proof && h('span.proof', {}, `${PROOF_WORDS[reached.proof.result]}, ${reached.proof.by}`),
    why !== undefined && h('span.proof', {}, why),
  );
}

function object({ name, accepted, status, answer, proof, changed }) {
  const said =
    answer ?? (status === undefined ? 'SOP class not taken' : `status ${status.toString(16).padStart(4, '0')}`);
  const known = proof ? PROOF_WORDS[proof] : accepted ? 'accepted' : 'refused';
  const rest = [said, ...(changed ?? [])].join(', ');
  return h(
    'li',
    {},
    h('span', { 'data-proof': proof ?? (accepted ? 'none' : 'refused') }, `${name}: ${known}`),
    h('span.quiet', {}, ` ${rest}`),
  );
}

function retryButton({ destination, updatedAt }, { studyInstanceUID, version }) {
  const key = `${studyInstanceUID}/${version}/${destination}/${updatedAt}`;
  const note = h('span.note', { role: 'status' }, asked.get(key));
  const button = h('button.retry', { type: 'button', 'data-key': `retry-${destination}` }, 'Send again');
  button.disabled = asked.has(key);
  button.addEventListener('click', async () => {
    button.disabled = true;
    asked.set(key, 'Begun anew');
    note.textContent = 'Asking';
    const path = `/api/studies/${studyInstanceUID}/versions/${version}/deliveries/${encodeURIComponent(destination)}/retry`;
    const failure = await post(path).catch(() => 'No connection');
    if (failure !== undefined) {
      asked.delete(key);
      button.disabled = false;
    }
    note.textContent = failure ?? 'Begun anew';
  });
  return h('span.again', {}, button, note);
}

/** @returns {Promise<string | undefined>} why it failed */
async function post(path) {
  const response = await fetch(path, { method: 'POST', headers: { 'X-Endplate-Action': 'retry' } });
  if (response.ok) return undefined;
  const isJson = response.headers.get('Content-Type')?.includes('json');
  const problem = isJson ? await response.json() : {};
  return problem.detail ?? problem.title ?? `HTTP ${response.status}`;
}
