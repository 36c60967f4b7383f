import { deriveUid } from '@endplate/dicom';
import { type DeliveryRecord } from '@endplate/studies';
import { type DestinationPort } from '../destination/destination.port';
import { hex, NotCommittedYetError } from '../errors';
import { type CommitmentRecords } from './commitment-records';

/**
 * Returns once the destination has taken responsibility for everything that it accepted. Results of earlier checks
 * count, so that one that came late or to another process is found.
 *
 * @throws NOTIFIER_NOT_COMMITTED_YET where there is no result, or one that leaves objects out; what `commit` throws
 */
export async function requireCommitment(
  record: DeliveryRecord,
  commit: NonNullable<DestinationPort['commit']>,
  commitments: CommitmentRecords,
): Promise<void> {
  const accepted = record.objects.flatMap(({ accepted: taken, sopClassUID, sopInstanceUID }) =>
    taken && sopClassUID !== undefined && sopInstanceUID !== undefined ? [{ sopClassUID, sopInstanceUID }] : [],
  );
  const open = (committed: ReadonlySet<string>) =>
    accepted.filter(({ sopInstanceUID }) => !committed.has(sopInstanceUID)).length;
  const committed = new Set<string>();
  for (let check = 1; check < record.checks; check++) {
    const { result } = (await commitments.read(transactionUid(record, check))) ?? {};
    for (const uid of result?.committed ?? []) committed.add(uid);
  }
  if (open(committed) === 0) return;
  const transactionUID = transactionUid(record, record.checks);
  await commit(transactionUID, accepted);
  const { result } = (await commitments.read(transactionUID)) ?? {};
  for (const uid of result?.committed ?? []) committed.add(uid);
  if (open(committed) === 0) return;
  if (!result) throw new NotCommittedYetError('the destination has not answered', true);
  const reasons = [...new Set(result.failed.map(({ reason }) => `0x${hex(reason)}`))].join(', ');
  throw new NotCommittedYetError(`${open(committed)} object(s) failed, reason ${reasons || 'none'}`, false);
}

/** The same check always asks for the same transaction; a delivery that was begun anew has others. */
function transactionUid({ studyInstanceUID, version, destination, rungs }: DeliveryRecord, check: number): string {
  const sentAt = rungs.find(({ rung }) => rung === 'sent')?.at ?? '';
  return deriveUid('commitment', studyInstanceUID, String(version), destination, sentAt, String(check));
}
