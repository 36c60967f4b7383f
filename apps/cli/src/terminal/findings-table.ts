import { type Assessment, type DiscFinding, type EndplateFinding, type StudyFindings } from '@endplate/findings';
import { tableLines } from './table';

/** The findings of a study as lines for a terminal: one per disc, cranial first. Holds no patient data. */
export function findingsTable(findings: StudyFindings): string {
  if (findings.outcome.status === 'not-analysed') return `not analysed, because ${findings.outcome.reason.text}\n`;
  const rows = [['disc', 'height a/m/p mm', 'calcification', 'gas', 'Modic above | below', 'T2 grade']];
  for (const disc of [...findings.discs].reverse()) {
    const plates = findings.endplates.filter((plate) => plate.discId === disc.id);
    rows.push([
      disc.level ?? `no. ${disc.ordinal} from below`,
      show(disc.heights, (h) => [h.anteriorMm, h.middleMm, h.posteriorMm].map((v) => v.toFixed(1)).join(' / ')),
      show(disc.calcification, (c) =>
        c.present ? `${c.volumeMm3.toFixed(0)} mm3 (${c.percentOfDisc.toFixed(1)} %)` : 'none',
      ),
      show(disc.vacuum, (v) => (v.present ? `${v.volumeMm3.toFixed(0)} mm3` : 'none')),
      `${modicOf(plates, 'inferior')} | ${modicOf(plates, 'superior')}`,
      show(disc.signal, (s) => String(s.pfirrmannLike)),
    ]);
  }
  return `${[...tableLines(rows), ...reasons(findings.discs), findings.intendedUse].join('\n')}\n`;
}

/** The inferior endplate of the vertebra above the disc, or the superior one of the vertebra below. */
function modicOf(plates: readonly EndplateFinding[], position: EndplateFinding['position']): string {
  const plate = plates.find((candidate) => candidate.position === position);
  return plate ? show(plate.modic, (m) => (m.type === 'none' ? 'none' : `type ${m.type}`)) : '-';
}

function show<T>(assessment: Assessment<T>, print: (value: T) => string): string {
  return assessment.status === 'assessed' ? print(assessment.value) : '-';
}

/** Why something is "-", each reason once. */
function reasons(discs: readonly DiscFinding[]): string[] {
  const all = discs.flatMap((disc) => [disc.heights, disc.calcification, disc.signal] as Assessment<unknown>[]);
  const texts = all.flatMap((a) => (a.status === 'not-assessed' ? [`- ${a.reason.code}: ${a.reason.text}`] : []));
  return [...new Set(texts)].slice(0, 12);
}
