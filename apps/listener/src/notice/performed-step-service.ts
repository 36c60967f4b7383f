import { randomUUID } from 'node:crypto';
import { deriveUid } from '@endplate/dicom';
import {
  changePerformedStep,
  type NormalisedAnswer,
  type NormalisedRequest,
  parsePerformedStep,
  type PerformedStep,
  ServiceFailure,
  Status,
} from '@endplate/dimse';
import { type NoticePorts, requireService } from './notice';
import { type PerformedStepRecord, type PerformedSteps } from './performed-steps';

/** Modality Performed Procedure Step as SCP: success is answered once the step is an object. @standard PS3.4 F.7 */
export class PerformedStepService {
  /** Changes of one step go one after the other. */
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly steps: PerformedSteps,
    private readonly ports: NoticePorts,
  ) {}

  async handle(request: NormalisedRequest): Promise<NormalisedAnswer> {
    requireService(request.association, 'mpps', this.ports);
    if (request.operation === 'create') return this.create(request);
    if (request.operation !== 'set') return { status: Status.UnrecognisedOperation };
    const stepUID = request.sopInstanceUID ?? '';
    return this.inTurn(stepUID, () => this.change(stepUID, request));
  }

  private async create(request: NormalisedRequest): Promise<NormalisedAnswer> {
    const { dataSet, transferSyntaxUID, association } = request;
    const step = parsePerformedStep(dataSet, transferSyntaxUID);
    const stepUID = request.sopInstanceUID ?? deriveUid('performed-step', randomUUID());
    const requester = association.callingAETitle;
    try {
      await this.steps.create(recordOf(step, { stepUID, requester, changedAt: this.ports.now().toISOString() }));
    } catch (error) {
      if (codeOf(error) !== 'STORE_EXISTS') throw error;
      throw new ServiceFailure(Status.DuplicateSOPInstance, 'The SOP Instance UID is already in use');
    }
    this.tell(requester, 'begun', step);
    return { status: Status.Success, ...(request.sopInstanceUID ? {} : { sopInstanceUID: stepUID }) };
  }

  private async change(stepUID: string, request: NormalisedRequest): Promise<NormalisedAnswer> {
    const { dataSet, transferSyntaxUID, association } = request;
    const before = await this.steps.read(stepUID);
    if (!before) throw new ServiceFailure(Status.NoSuchSOPInstance, 'No such performed procedure step');
    const step = changePerformedStep(before, dataSet, transferSyntaxUID);
    const at = this.ports.now();
    const { requester } = before;
    // The evidence comes first: a modality that is not answered tells the step again, and it is still in progress.
    const recorded = step.status === 'COMPLETED' && (await this.record(stepUID, requester, step));
    const record = recordOf(step, { stepUID, requester, changedAt: at.toISOString() });
    await this.steps.write(record).catch((error: unknown) => {
      if (codeOf(error) !== 'STORE_EXISTS') throw error;
      // Another listener has ended it meanwhile: what it wrote decides.
      changePerformedStep({ ...before, status: 'COMPLETED' }, dataSet, transferSyntaxUID);
    });
    this.tell(association.callingAETitle, outcomeOf(step, recorded), step);
    return { status: Status.Success };
  }

  /** A step of several studies does not say which series is of which: it is no evidence. */
  private async record(id: string, requester: string, step: PerformedStep): Promise<boolean> {
    const [studyInstanceUID, ...others] = step.studyInstanceUIDs;
    if (studyInstanceUID === undefined || others.length > 0) return false;
    const instances = step.series.flatMap(({ seriesInstanceUID, instances: made }) =>
      made.map(({ sopInstanceUID }) => ({ seriesInstanceUID, sopInstanceUID })),
    );
    await this.ports.record({ source: 'mpps', studyInstanceUID, id, requester, instances });
    return true;
  }

  private tell(requester: string, outcome: Parameters<NoticePorts['notify']>[0]['outcome'], step: PerformedStep): void {
    const instances = step.series.reduce((sum, one) => sum + one.instances.length, 0);
    this.ports.notify({ source: 'mpps', requester, outcome, instances });
  }

  private async inTurn<T>(stepUID: string, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(stepUID) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.turns.set(stepUID, turn);
    try {
      return await turn;
    } finally {
      if (this.turns.get(stepUID) === turn) this.turns.delete(stepUID);
    }
  }
}

function outcomeOf({ status }: PerformedStep, recorded: boolean) {
  if (status === 'IN PROGRESS') return 'changed';
  if (status === 'DISCONTINUED') return 'discontinued';
  return recorded ? 'recorded' : 'several-studies';
}

function recordOf(
  { status, studyInstanceUIDs, ended, series }: PerformedStep,
  facts: Pick<PerformedStepRecord, 'stepUID' | 'requester' | 'changedAt'>,
): PerformedStepRecord {
  return {
    schema: 'endplate.performed-step/1',
    ...facts,
    status,
    studyInstanceUIDs: [...studyInstanceUIDs],
    ended,
    series: series.map((one) => ({ ...one, instances: [...one.instances] })),
  };
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}
