import { type StudyAssembler, type Timeline } from '@endplate/studies';
import { type InstanceSource, type ReceivedOutcome, type ReceiveEvent } from './instance-intake';

/** What the ledger needs. */
export interface LedgerPorts {
  readonly assembler: Pick<StudyAssembler, 'instanceReceived'>;
  readonly timeline: Pick<Timeline, 'append'>;
  readonly notify: (event: ReceiveEvent) => void;
}

/** Puts instances that are in the object store into the record of their study. */
export class InstanceLedger {
  constructor(private readonly ports: LedgerPorts) {}

  /**
   * Updates the study record. The instance is durable by now, so a failure here is not the sender's: answering failure
   * would make it send again what we have. Redis away means a late start of the analysis; `reconcile` begins the quiet
   * period from the objects. Never rejects.
   */
  async record(source: InstanceSource, outcome: ReceivedOutcome): Promise<void> {
    const { studyInstanceUID, sopInstanceUID } = outcome.header;
    const { name, rules } = source;
    try {
      if (outcome.kind === 'conflict') {
        await this.ports.timeline.append({ studyInstanceUID }, 'instance-conflict', { source: name, sopInstanceUID });
      }
      await this.ports.assembler.instanceReceived({ studyInstanceUID, source: name, ...rules });
    } catch (error) {
      const cause = error instanceof Error ? error : new Error('unknown');
      this.ports.notify({ type: 'record-delayed', studyInstanceUID, error: cause });
    }
    this.ports.notify({ type: 'instance-received', source: name, outcome });
  }
}
