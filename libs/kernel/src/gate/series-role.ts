import { type SeriesRole } from '@endplate/findings';
import { type InstanceHeader } from '@endplate/imaging';
import { THRESHOLDS } from '../thresholds';

/** What a series is taken for, and by which evidence. */
export interface RoleDecision {
  readonly role: SeriesRole;
  readonly evidence: string;
}

const GATE = THRESHOLDS.gate;

/**
 * Classifies a series by its attributes: modality and image type first, then for MR the scanning sequence, TI, TR, TE and
 * fat suppression; the series description decides only where times are missing.
 *
 * @param header - any image of the series
 * @standard PS3.3 C.8.3.1
 */
export function seriesRole(header: InstanceHeader): RoleDecision {
  if (isLocaliser(header)) return { role: 'localiser', evidence: 'image-type' };
  if (header.modality === 'CT') return { role: 'ct', evidence: 'modality' };
  if (header.modality !== 'MR') return { role: 'other', evidence: 'modality' };
  return timesRole(header) ?? descriptionRole(header);
}

function isLocaliser(header: InstanceHeader): boolean {
  const type = header.imageType.map((value) => value.toUpperCase());
  return (
    type.includes('LOCALIZER') ||
    /\b(localizer|localiser|scout|topogram|surview)\b/i.test(header.seriesDescription ?? '')
  );
}

function fatSuppressed(header: InstanceHeader): boolean {
  const options = header.scanOptions.map((value) => value.toUpperCase());
  return (
    options.includes('FS') ||
    /(^|[^a-z])(fs|fatsat|fat sat|spair|spir|chess|dixon.*w)([^a-z]|$)/i.test(header.seriesDescription ?? '')
  );
}

function timesRole(header: InstanceHeader): RoleDecision | undefined {
  const { repetitionTimeMs: tr, echoTimeMs: te, inversionTimeMs: ti } = header;
  const sequence = header.scanningSequence.map((value) => value.toUpperCase());
  if (sequence.includes('IR') && ti !== undefined && ti > 0) {
    if (ti <= GATE.stirMaxTiMs) return { role: 'mr-t2-fat-suppressed', evidence: 'ti-nulls-fat' };
    if (ti >= GATE.flairMinTiMs && (te ?? 0) <= GATE.t1MaxTeMs) return { role: 'mr-t1', evidence: 'ti-te' };
  }
  if (sequence.includes('GR') && !sequence.includes('SE')) return { role: 'mr-gre', evidence: 'scanning-sequence' };
  if (tr === undefined || te === undefined || !(tr > 0) || !(te > 0)) return undefined;
  const fat = fatSuppressed(header);
  if (tr <= GATE.t1MaxTrMs && te <= GATE.t1MaxTeMs) {
    return { role: fat ? 'mr-t1-fat-suppressed' : 'mr-t1', evidence: 'tr-te' };
  }
  if (tr >= GATE.t2MinTrMs && te >= GATE.t2MinTeMs) {
    return { role: fat ? 'mr-t2-fat-suppressed' : 'mr-t2', evidence: 'tr-te' };
  }
  return { role: 'mr-other', evidence: 'tr-te' };
}

function descriptionRole(header: InstanceHeader): RoleDecision {
  const text = header.seriesDescription ?? '';
  const fat = fatSuppressed(header);
  const evidence = 'description';
  if (/stir|tirm/i.test(text)) return { role: 'mr-t2-fat-suppressed', evidence };
  if (/(^|[^a-z0-9])t2/i.test(text)) return { role: fat ? 'mr-t2-fat-suppressed' : 'mr-t2', evidence };
  if (/(^|[^a-z0-9])t1/i.test(text)) return { role: fat ? 'mr-t1-fat-suppressed' : 'mr-t1', evidence };
  return { role: 'mr-other', evidence: 'no-times' };
}
