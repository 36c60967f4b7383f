import { type ReportContext } from '../report-context';

/** A date and a time as DA and TM. */
export interface ContentTime {
  readonly date: string;
  readonly time: string;
}

/**
 * When a version was made, on the clock of the source: in its Timezone Offset From UTC where it has one, else in UTC.
 *
 * @param createdAt - ISO 8601
 * @standard PS3.3 C.12.1
 */
export function contentTime(createdAt: string, context: ReportContext): ContentTime {
  const offset = context.source['TimezoneOffsetFromUTC'];
  const minutes = typeof offset === 'string' ? offsetMinutes(offset) : 0;
  const [date = '', time = ''] = new Date(Date.parse(createdAt) + minutes * 60_000).toISOString().split('T');
  return { date: date.replaceAll('-', ''), time: time.slice(0, 8).replaceAll(':', '') };
}

function offsetMinutes(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])([0-9]{2})([0-9]{2})$/.exec(offset) ?? [];
  if (sign === undefined) return 0;
  const size = Number(hours) * 60 + Number(minutes);
  return sign === '-' ? -size : size;
}
