import { type DeliveryRecord, DELIVERY_RUNGS, type ObjectProof } from '@endplate/studies';
import { tableLines } from './table';

const RUNG_WORDS: Readonly<Record<(typeof DELIVERY_RUNGS)[number], string>> = {
  rendered: 'rendered',
  validated: 'validated',
  sent: 'sent',
  committed: 'committed',
  'read-back': 'read back',
};
const PROOF_WORDS: Readonly<Record<ObjectProof, string>> = {
  changed: 'present, changed',
  listed: 'listed',
  equal: 'same values, encoded anew',
  identical: 'identical bytes',
};

/** The ladder of one delivery as a table: each rung with its time (UTC) and what it says, then each object. */
export function ladderTable(record: DeliveryRecord): string[] {
  const { rungs, outOfReach, objects } = record;
  const rows = DELIVERY_RUNGS.map((rung) => {
    const reached = rungs.find((one) => one.rung === rung);
    const why = outOfReach.find((one) => one.rung === rung)?.why;
    return [
      RUNG_WORDS[rung],
      reached?.at.slice(11, 23) ?? '-',
      reached ? remark(rung, record) : (why ?? 'not reached'),
    ];
  });
  const known = objects.map(({ name, accepted, status, answer, proof }) => [
    name,
    status === undefined ? (answer ?? '-') : status.toString(16).padStart(4, '0').toUpperCase(),
    proof ? PROOF_WORDS[proof] : accepted ? 'accepted' : 'refused',
  ]);
  return [
    ...tableLines([['rung', 'at (UTC)', ''], ...rows]),
    ...tableLines([['object', 'answer', 'at the destination'], ...known]),
  ];
}

function remark(rung: (typeof DELIVERY_RUNGS)[number], { rungs, objects, attempts, checks }: DeliveryRecord): string {
  const accepted = objects.filter((one) => one.accepted).length;
  switch (rung) {
    case 'rendered':
    case 'validated':
      return '';
    case 'sent':
      return `${accepted} of ${objects.length} objects accepted, try ${attempts}`;
    case 'committed':
      return `Storage Commitment of ${accepted} objects, check ${checks}`;
    case 'read-back': {
      const proof = rungs.find((one) => one.rung === 'read-back')?.proof;
      return proof ? `${PROOF_WORDS[proof.result]}, by ${proof.by}` : '';
    }
    default:
      return rung satisfies never;
  }
}
