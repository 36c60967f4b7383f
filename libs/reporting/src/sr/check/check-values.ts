import { type DataSet, formatTag, isUid } from '@endplate/dicom';

/** Most characters of one value. @standard PS3.5 6.2 */
const MAX_LENGTH: Readonly<Record<string, number>> = {
  AE: 16, AS: 4, CS: 16, DA: 8, DS: 16, DT: 26, IS: 12, LO: 64, LT: 10240, SH: 16, ST: 1024, TM: 16, UI: 64,
}; // prettier-ignore
const PATTERN: Readonly<Record<string, RegExp>> = {
  CS: /^[A-Z0-9 _]*$/,
  DA: /^[0-9]{8}$/,
  DS: /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/,
  IS: /^[+-]?[0-9]+$/,
  TM: /^[0-9]{2}([0-9]{2}([0-9]{2}(\.[0-9]{1,6})?)?)?$/,
};
const PN_GROUP = 64;

/** Values that break their VR, in every item. The values themselves are not repeated: they may be the patient's. */
export function checkValues(root: DataSet): string[] {
  const problems: string[] = [];
  const open: DataSet[] = [root];
  for (let dataSet = open.pop(); dataSet; dataSet = open.pop()) {
    for (const tag of dataSet.tags) {
      const vr = dataSet.vr(tag) ?? 'UN';
      if (vr === 'SQ') open.push(...dataSet.sequence(tag));
      else problems.push(...dataSet.strings(tag).flatMap((value) => fault(tag, vr, value)));
    }
  }
  return problems;
}

function fault(tag: number, vr: string, value: string): string[] {
  if (value === '') return [];
  const where = `${formatTag(tag)} (${vr})`;
  const limit = MAX_LENGTH[vr];
  if (limit !== undefined && [...value].length > limit)
    return [`${where} has a value of more than ${limit} characters.`];
  if (vr === 'UI') return isUid(value) ? [] : [`${where} has a value that is no UID.`];
  if (vr === 'PN') {
    return value.split('=').some((group) => [...group].length > PN_GROUP)
      ? [`${where} has a component group of more than ${PN_GROUP} characters.`]
      : [];
  }
  const pattern = PATTERN[vr];
  return pattern && !pattern.test(value) ? [`${where} has a value that its VR does not allow.`] : [];
}
