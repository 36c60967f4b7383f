import { type DiscLevel, type VertebraLevel } from '@endplate/findings';
import { type CodedConcept, inScheme } from './coded-concept';
import { CODE } from './concept';

const sct = inScheme('SCT');
const endplate = inScheme('99ENDPLATE');

/** Levels of CID 7604; those of transitional anatomy have no code there, so they have one of ours. @standard PS3.16 CID 7604 */
const DISC: Readonly<Record<DiscLevel, CodedConcept>> = {
  'T8/T9': sct('9188009', 'T8/T9 disc'),
  'T9/T10': sct('113209001', 'T9/T10 disc'),
  'T10/T11': sct('34959001', 'T10/T11 disc'),
  'T11/T12': sct('1537001', 'T11/T12 disc'),
  'T12/L1': sct('76206002', 'T12/L1 disc'),
  'L1/L2': sct('80064006', 'L1/L2 disc'),
  'L2/L3': sct('67459009', 'L2/L3 disc'),
  'L3/L4': sct('62551000', 'L3/L4 disc'),
  'L4/L5': sct('84020006', 'L4/L5 disc'),
  'L5/S1': sct('715056000', 'L5/S1 disc'),
  'L4/S1': endplate('EP0101', 'L4/S1 disc'),
  'L5/L6': endplate('EP0102', 'L5/L6 disc'),
  'L6/S1': endplate('EP0103', 'L6/S1 disc'),
  'T12/T13': endplate('EP0104', 'T12/T13 disc'),
  'T13/L1': endplate('EP0105', 'T13/L1 disc'),
  'S1/S2': endplate('EP0106', 'S1/S2 disc'),
  'S2/S3': endplate('EP0107', 'S2/S3 disc'),
};

/** Levels of CID 7603; L6, T13 and the sacral segments have no code there. @standard PS3.16 CID 7603 */
const VERTEBRA: Readonly<Record<VertebraLevel, CodedConcept>> = {
  T8: sct('11068009', 'T8 vertebra'),
  T9: sct('82687006', 'T9 vertebra'),
  T10: sct('7610001', 'T10 vertebra'),
  T11: sct('12989004', 'T11 vertebra'),
  T12: sct('23215003', 'T12 vertebra'),
  T13: endplate('EP0201', 'T13 vertebra'),
  L1: sct('66794005', 'L1 vertebra'),
  L2: sct('14293000', 'L2 vertebra'),
  L3: sct('36470004', 'L3 vertebra'),
  L4: sct('11994002', 'L4 vertebra'),
  L5: sct('49668003', 'L5 vertebra'),
  L6: endplate('EP0202', 'L6 vertebra'),
  // The first sacral segment: the sacrum, whose superior endplate is that of S1.
  S1: CODE.sacrum,
  S2: endplate('EP0203', 'S2 vertebra'),
  S3: endplate('EP0204', 'S3 vertebra'),
};

/** Site code of a disc; the disc without a level where naming it would be a guess. */
export function discSite(level: DiscLevel | null): CodedConcept {
  return level === null ? CODE.disc : DISC[level];
}

/** Site code of a vertebra; the vertebra (or the sacrum, by id) without a level where naming it would be a guess. */
export function vertebraSite(level: VertebraLevel | null, vertebraId: string): CodedConcept {
  if (level !== null) return VERTEBRA[level];
  return vertebraId === 'sacrum' ? CODE.sacrum : CODE.vertebra;
}

/** Every site code, for the documentation. */
export const SITE_CODES: readonly CodedConcept[] = [...Object.values(DISC), ...Object.values(VERTEBRA)];
