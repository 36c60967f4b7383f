import { SopClass, TransferSyntax } from '@endplate/dicom';
import { openAssociation, type ScuAssociation } from '@endplate/dimse';
import { type FetchOutcome, type NamedInstance, type SourceAnswer, type StudySources } from '@endplate/studies';
import { type AeDirectory, type ServiceAddress } from '../association/ae-directory';
import { SourceAwayError } from '../errors';
import { askForStudy, type StudyQuestion } from './list-instances';
import { moveToUs } from './move-instances';

/** What talking to sources needs. */
export interface DimseSourcesPorts {
  readonly directory: Pick<AeDirectory, 'partner'>;
  /** Our AE title: we call by it, and instances are moved to it. */
  readonly aeTitle: string;
  /** Longest wait for a connection and for each answer, ms; a whole question may take six times as long. */
  readonly queryTimeoutMs: number;
  /** Longest that a fetch may take, ms. */
  readonly fetchTimeoutMs: number;
  /** Monotonic, ms. */
  readonly clock: () => number;
}

const SYNTAXES = [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian];
const ANSWERS = 6;
/** A source that was not there is not called again for so long, by this process: its studies do not queue for it. */
const AWAY_MS = 5000;

/** The sender of a study, as the AE list lets it be asked: C-FIND and C-MOVE to ourselves. */
export class DimseSources implements StudySources {
  private readonly awayUntil = new Map<string, number>();

  constructor(private readonly ports: DimseSourcesPorts) {}

  offer(aeTitle: string): { readonly canFetch: boolean } | undefined {
    const { query, fetch } = this.ports.directory.partner(aeTitle);
    return query && { canFetch: fetch };
  }

  /** @throws LISTENER_SOURCE_AWAY, DIMSE_ codes */
  ask(aeTitle: string, question: Omit<StudyQuestion, 'filter'>, signal: AbortSignal): Promise<SourceAnswer> {
    const { queryTimeoutMs } = this.ports;
    const { query, filter } = this.ports.directory.partner(aeTitle);
    const times = { answerMs: queryTimeoutMs, wholeMs: queryTimeoutMs * ANSWERS };
    return this.talk(query, SopClass.StudyRootFind, times, signal, (association) =>
      askForStudy(association, { ...question, ...(filter ? { filter } : {}) }),
    );
  }

  /** @throws LISTENER_SOURCE_AWAY, DIMSE_ codes */
  fetch(
    aeTitle: string,
    request: { readonly studyInstanceUID: string; readonly instances?: readonly NamedInstance[] },
    signal: AbortSignal,
  ): Promise<FetchOutcome> {
    const { aeTitle: destinationAETitle, fetchTimeoutMs: moveTimeoutMs } = this.ports;
    const { query, fetch } = this.ports.directory.partner(aeTitle);
    // A peer need not answer before it has sent everything.
    const times = { answerMs: moveTimeoutMs, wholeMs: moveTimeoutMs };
    return this.talk(fetch ? query : undefined, SopClass.StudyRootMove, times, signal, (association, over) =>
      moveToUs(association, { ...request, destinationAETitle, moveTimeoutMs }, over),
    );
  }

  private async talk<T>(
    address: ServiceAddress | undefined,
    abstractSyntax: string,
    { answerMs, wholeMs }: { readonly answerMs: number; readonly wholeMs: number },
    signal: AbortSignal,
    exchange: (association: ScuAssociation, over: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const association = await this.open(address, abstractSyntax, answerMs);
    const over = AbortSignal.any([signal, AbortSignal.timeout(wholeMs)]);
    // What is cancelled in order has this long to end; then the line is cut.
    const cut = (): void => void setTimeout(() => association.abort(), this.ports.queryTimeoutMs).unref();
    over.addEventListener('abort', cut, { once: true });
    try {
      over.throwIfAborted();
      const result = await exchange(association, over);
      await association.release().catch(() => undefined);
      return result;
    } catch (error) {
      association.abort();
      throw error;
    } finally {
      over.removeEventListener('abort', cut);
    }
  }

  private async open(
    address: ServiceAddress | undefined,
    abstractSyntax: string,
    responseTimeoutMs: number,
  ): Promise<ScuAssociation> {
    const { aeTitle: callingAETitle, queryTimeoutMs: connectTimeoutMs, clock } = this.ports;
    if (!address) throw new SourceAwayError('The AE list has no query address of this source any more');
    const { host, port, aeTitle: calledAETitle } = address;
    const name = `${host} ${port}`;
    if (clock() < (this.awayUntil.get(name) ?? -Infinity)) {
      throw new SourceAwayError('The source was not there a moment ago');
    }
    try {
      const association = await openAssociation({
        ...{ host, port, callingAETitle, calledAETitle, connectTimeoutMs, responseTimeoutMs },
        contexts: [{ abstractSyntax, transferSyntaxes: SYNTAXES }],
      });
      this.awayUntil.delete(name);
      return association;
    } catch (error) {
      this.awayUntil.set(name, clock() + AWAY_MS);
      throw error;
    }
  }
}
