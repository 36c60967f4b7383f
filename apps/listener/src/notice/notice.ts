import { type AssociationInfo, ServiceFailure, Status } from '@endplate/dimse';
import { type AeDirectory, type AeService } from '../association/ae-directory';

/** What a modality or a PACS told us of a study. */
export interface StudyNotice {
  readonly source: 'mpps' | 'ian';
  readonly studyInstanceUID: string;
  /** Of the step or notification: told again, it takes the place of what it told before. */
  readonly id: string;
  /** Calling AE title. */
  readonly requester: string;
  /** Instances that the study has by this. */
  readonly instances: readonly { readonly seriesInstanceUID: string; readonly sopInstanceUID: string }[];
}

/** What became of it. */
export interface NoticeEvent {
  readonly source: StudyNotice['source'];
  readonly requester: string;
  readonly outcome: 'begun' | 'changed' | 'recorded' | 'discontinued' | 'several-studies' | 'nothing-available';
  readonly instances: number;
}

/** What the services of notices need. */
export interface NoticePorts {
  readonly directory: Pick<AeDirectory, 'maySend'>;
  /** Makes a notice durable as evidence of its study; the same notice twice is one. */
  readonly record: (notice: StudyNotice) => Promise<void>;
  readonly now: () => Date;
  readonly notify: (event: NoticeEvent) => void;
}

/** @throws DIMSE_SERVICE_FAILURE with 0124 where the AE list does not let the caller use the service, or not any more */
export function requireService(
  { callingAETitle, calledAETitle, remoteAddress }: AssociationInfo,
  service: AeService,
  { directory }: Pick<NoticePorts, 'directory'>,
): void {
  if (directory.maySend({ callingAETitle, calledAETitle, remoteAddress }, service)) return;
  throw new ServiceFailure(Status.NotAuthorised, `The AE list does not allow ${service.toUpperCase()}`);
}
