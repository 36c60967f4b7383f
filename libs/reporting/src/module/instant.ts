import { type ReportContext } from '../report-context';

/** When a version was made, as an instant with milliseconds left out. @param createdAt - ISO 8601, UTC */
export function contentInstant(createdAt: string): string {
  return `${new Date(Date.parse(createdAt)).toISOString().slice(0, 19)}Z`;
}

/**
 * When the study was made: a date, or date and time where the source gives its offset from UTC, without which a time is
 * none (FHIR R4 datatypes 2.24.0.1). Undefined where the source has no usable date.
 */
export function studyInstant({ source }: ReportContext): string | undefined {
  const [, year, month, day] = /^([0-9]{4})([0-9]{2})([0-9]{2})$/.exec(textOf(source['StudyDate'])) ?? [];
  if (year === undefined) return undefined;
  const date = `${year}-${month}-${day}`;
  if (Number.isNaN(Date.parse(date))) return undefined;
  const [, hour, minute, second] =
    /^([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])/.exec(textOf(source['StudyTime'])) ?? [];
  const [, sign, hours, minutes] =
    /^([+-])([01][0-9])([0-5][0-9])$/.exec(textOf(source['TimezoneOffsetFromUTC'])) ?? [];
  return hour === undefined || sign === undefined
    ? date
    : `${date}T${hour}:${minute}:${second}${sign}${hours}:${minutes}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
