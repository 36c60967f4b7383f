import { deriveUid } from '@endplate/dicom';
import { type DiscFinding, type EndplateFinding, type StudyFindings, type VertebraFinding } from '@endplate/findings';
import { type ReportText } from '../../text/report-text';

/** Name and UID under which a structure is followed. */
export interface Tracking {
  readonly trackingIdentifier: string;
  readonly trackingUID: string;
}

type Study = Pick<StudyFindings, 'studyInstanceUID'>;

/** Tracking of a disc. The UID hangs on study and structure, not on the version, so that it stays with the disc. */
export function trackDisc(
  study: Study,
  disc: Pick<DiscFinding, 'id' | 'ordinal' | 'level'>,
  words: ReportText,
): Tracking {
  const level = disc.level ?? words.say('name.counted', { ordinal: disc.ordinal });
  return {
    trackingIdentifier: words.say('name.disc', { level }),
    trackingUID: trackingUid(study, disc.level ?? disc.id),
  };
}

/** UID of a disc's outline where the outline has a group beside the disc's; it stays as the disc's does. */
export function trackDiscOutline(study: Study, disc: Pick<DiscFinding, 'id' | 'level'>): string {
  return trackingUid(study, `${disc.level ?? disc.id}-outline`);
}

/** Tracking of an endplate, as {@link trackDisc}. */
export function trackEndplate(
  study: Study,
  endplate: Pick<EndplateFinding, 'vertebraId' | 'vertebraLevel' | 'position'>,
  words: ReportText,
): Tracking {
  const { vertebraId, vertebraLevel, position } = endplate;
  return {
    trackingIdentifier: words.say(position === 'superior' ? 'name.superiorEndplate' : 'name.inferiorEndplate', {
      level: vertebraLevel ?? vertebraName(vertebraId, words),
    }),
    trackingUID: trackingUid(study, `${vertebraLevel ?? vertebraId}-${position}`),
  };
}

/** Tracking of a vertebra, as {@link trackDisc}. */
export function trackVertebra(
  study: Study,
  vertebra: Pick<VertebraFinding, 'id' | 'level'>,
  words: ReportText,
): Tracking {
  return {
    trackingIdentifier: words.say('name.vertebra', { level: vertebra.level ?? vertebraName(vertebra.id, words) }),
    trackingUID: trackingUid(study, vertebra.level ?? vertebra.id),
  };
}

function trackingUid(study: Study, key: string): string {
  return deriveUid('tracking', study.studyInstanceUID, key);
}

/** `vertebra-3` as people say it. */
function vertebraName(id: string, words: ReportText): string {
  const ordinal = /^vertebra-([0-9]+)$/.exec(id)?.[1];
  if (ordinal !== undefined) return words.say('name.counted', { ordinal });
  return id === 'sacrum' ? words.say('name.sacrum') : id;
}
