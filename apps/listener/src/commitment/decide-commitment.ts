import { type CommitmentAnswer, CommitmentFailure, type CommitmentInstance } from '@endplate/dimse';
import { type ObjectKey } from '@endplate/store';
import { type StoredInstances } from './stored-instances';

/** What the decision needs. */
export interface DecisionPorts {
  readonly instances: Pick<StoredInstances, 'find' | 'sopClassUID'>;
  /** True while instances are acknowledged and not yet in the object store. */
  readonly moving: () => boolean;
  readonly wait: (ms: number) => Promise<void>;
}

/** Instances may be in the spool of another listener for a moment: what is missing is looked for once more. */
const LOOK_AGAIN_MS = 5_000;
const MOVING_MS = 1_000;
/** Then what is missing counts as missing. */
const MAX_LOOKS = 600;
const READS_AT_ONCE = 8;

/**
 * Decides which instances we take responsibility for: those that the object store has, readable and of the class that
 * was named. Waits for the spool to be empty before it says that one is missing.
 * @standard PS3.4 J.3.1
 */
export async function decideCommitment(
  asked: readonly CommitmentInstance[],
  ports: DecisionPorts,
): Promise<Pick<CommitmentAnswer, 'committed' | 'failed'>> {
  const sought = new Set(asked.map(({ sopInstanceUID }) => sopInstanceUID));
  let found = await ports.instances.find(sought);
  let lookedAgain = false;
  for (let looks = 1; found.keys.size < sought.size && looks < MAX_LOOKS; looks += 1) {
    const moving = ports.moving();
    if (!moving && lookedAgain) break;
    lookedAgain = !moving;
    await ports.wait(moving ? MOVING_MS : LOOK_AGAIN_MS);
    found = await ports.instances.find(sought);
  }
  const { keys, exhaustive } = found;
  const missing = exhaustive ? CommitmentFailure.NoSuchObjectInstance : CommitmentFailure.ProcessingFailure;
  const committed: CommitmentInstance[] = [];
  const failed: (CommitmentInstance & { reason: number })[] = [];
  for (let at = 0; at < asked.length; at += READS_AT_ONCE) {
    const some = asked.slice(at, at + READS_AT_ONCE);
    const reasons = await Promise.all(some.map((one) => reasonAgainst(one, keys, missing, ports.instances)));
    some.forEach((one, i) => {
      const reason = reasons[i];
      if (reason === undefined) committed.push(one);
      else failed.push({ ...one, reason });
    });
  }
  return { committed, failed };
}

async function reasonAgainst(
  { sopClassUID, sopInstanceUID }: CommitmentInstance,
  keys: ReadonlyMap<string, ObjectKey>,
  missing: number,
  instances: Pick<StoredInstances, 'sopClassUID'>,
): Promise<number | undefined> {
  const key = keys.get(sopInstanceUID);
  if (!key) return missing;
  try {
    const stored = await instances.sopClassUID(key);
    return stored === sopClassUID ? undefined : CommitmentFailure.ClassInstanceConflict;
  } catch {
    return CommitmentFailure.ProcessingFailure;
  }
}
