import { type Priority } from '@endplate/queue';
import { type Timeline } from '../timeline/timeline';

/** The rules under which instances of a study came. */
export interface ReceptionRules {
  readonly quietMs: number;
  readonly priority: Priority;
}

/** The rules of the sender that came last, or undefined where the timeline does not tell. */
export async function latestReception(
  timeline: Pick<Timeline, 'latest'>,
  studyInstanceUID: string,
): Promise<ReceptionRules | undefined> {
  const event = await timeline.latest(studyInstanceUID, ({ type }) => type === 'reception-started');
  const { quietMs, priority } = event?.facts ?? {};
  if (typeof quietMs !== 'number' || quietMs < 0) return undefined;
  return priority === 'stat' || priority === 'routine' ? { quietMs, priority } : undefined;
}
