import { deriveUid } from '@endplate/dicom';
import { type DiscFinding, type EndplateFinding, type StudyFindings, type VertebraFinding } from '@endplate/findings';

/** Name and UID under which a structure is followed. */
export interface Tracking {
  readonly trackingIdentifier: string;
  readonly trackingUID: string;
}

type Study = Pick<StudyFindings, 'studyInstanceUID'>;

/** Tracking of a disc. The UID hangs on study and structure, not on the version, so that it stays with the disc. */
export function trackDisc(study: Study, disc: Pick<DiscFinding, 'id' | 'ordinal' | 'level'>): Tracking {
  const name = disc.level ?? `${disc.ordinal}, counted from the lowest (level withheld)`;
  return { trackingIdentifier: `Disc ${name}`, trackingUID: trackingUid(study, disc.level ?? disc.id) };
}

/** Tracking of an endplate, as {@link trackDisc}. */
export function trackEndplate(
  study: Study,
  endplate: Pick<EndplateFinding, 'vertebraId' | 'vertebraLevel' | 'position'>,
): Tracking {
  const { vertebraId, vertebraLevel, position } = endplate;
  return {
    trackingIdentifier: `Endplate ${vertebraLevel ?? vertebraName(vertebraId)}, ${position}`,
    trackingUID: trackingUid(study, `${vertebraLevel ?? vertebraId}-${position}`),
  };
}

/** Tracking of a vertebra, as {@link trackDisc}. */
export function trackVertebra(study: Study, vertebra: Pick<VertebraFinding, 'id' | 'level'>): Tracking {
  return {
    trackingIdentifier: `Vertebra ${vertebra.level ?? vertebraName(vertebra.id)}`,
    trackingUID: trackingUid(study, vertebra.level ?? vertebra.id),
  };
}

function trackingUid(study: Study, key: string): string {
  return deriveUid('tracking', study.studyInstanceUID, key);
}

/** `vertebra-3` as people say it. */
function vertebraName(id: string): string {
  const ordinal = /^vertebra-([0-9]+)$/.exec(id)?.[1];
  return ordinal === undefined ? id : `${ordinal}, counted from the lowest (level withheld)`;
}
