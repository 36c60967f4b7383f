import { type NamedInstance } from '../evidence/expected-instances';

/** What a source answered. */
export interface SourceAnswer {
  /** Instances that it has and we take. */
  readonly count: number;
  /** Instances that it has and we do not take, or made. */
  readonly leftOut: number;
  /** Which they are; absent where it was not asked for, or does not tell. */
  readonly instances?: readonly NamedInstance[];
}

/** How a fetch ended. */
export interface FetchOutcome {
  /** Instances that the source says it has sent, and could not send. */
  readonly completed: number;
  readonly failed: number;
}

/** The peers that send studies, as they can be asked about them. Every call ends in bounded time. */
export interface StudySources {
  /** What an AE offers; undefined where it cannot be asked. */
  offer(aeTitle: string): { readonly canFetch: boolean } | undefined;
  /**
   * How many instances of a study the AE has, and which, where they are more than are here.
   * @param ours - SOP Instance UIDs that we made: not counted
   */
  ask(
    aeTitle: string,
    question: { readonly studyInstanceUID: string; readonly here: number; readonly ours: ReadonlySet<string> },
    signal: AbortSignal,
  ): Promise<SourceAnswer>;
  /** Has instances sent to us, or the whole study; it resolves when the last was sent. */
  fetch(
    aeTitle: string,
    request: { readonly studyInstanceUID: string; readonly instances?: readonly NamedInstance[] },
    signal: AbortSignal,
  ): Promise<FetchOutcome>;
}
