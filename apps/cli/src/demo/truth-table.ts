import { type Assessment, type DiscFinding, type EndplateFinding, type StudyFindings } from '@endplate/findings';
import { type DiscTruth, type EndplateTruth, type PhantomTruth } from '@endplate/phantom';
import { tableLines } from '../terminal/table';

/** Centres of a disc found and a disc drawn lie no farther apart, mm. */
const SAME_DISC_MM = 10;

/** What was found beside what was drawn: one line per disc of the phantom, cranial first. */
export function truthTable(findings: StudyFindings, truth: PhantomTruth): string[] {
  const isCt = truth.kind === 'ct';
  const head = ['disc', 'named', 'height mm', '(true)'];
  const rows = [...truth.discs].reverse().map((drawn) => {
    const found = nearest(findings.discs, drawn);
    if (!found) return [drawn.level, 'not found'];
    const plates = findings.endplates.filter((plate) => plate.discId === found.id);
    return [
      drawn.level,
      found.level ?? 'withheld',
      show(found.heights, (heights) => heights.middleMm.toFixed(1)),
      `(${drawn.middleHeightMm.toFixed(1)})`,
      ...(isCt ? ctCells(found, drawn) : mrCells(plates, truth, drawn)),
    ];
  });
  const rest = isCt
    ? ['calcification mm3', '(true)', 'gas mm3', '(true)']
    : ['Modic above', '(true)', 'below', '(true)'];
  return tableLines([[...head, ...rest], ...rows]);
}

function ctCells(found: DiscFinding, drawn: DiscTruth): string[] {
  return [
    show(found.calcification, (c) => (c.present ? c.volumeMm3.toFixed(0) : 'none')),
    `(${drawn.calcificationMm3 > 0 ? drawn.calcificationMm3.toFixed(0) : 'none'})`,
    show(found.vacuum, (v) => (v.present ? v.volumeMm3.toFixed(0) : 'none')),
    `(${drawn.vacuumMm3 > 0 ? drawn.vacuumMm3.toFixed(0) : 'none'})`,
  ];
}

function mrCells(plates: readonly EndplateFinding[], truth: PhantomTruth, drawn: DiscTruth): string[] {
  const side = (which: EndplateTruth['side'], position: EndplateFinding['position']): string[] => {
    const plate = plates.find((candidate) => candidate.position === position);
    const real = truth.endplates.find((candidate) => candidate.disc === drawn.level && candidate.side === which);
    return [plate ? show(plate.modic, (m) => m.type) : '-', `(${real?.modic ?? '-'})`];
  };
  // Above the disc lies the inferior endplate of a vertebra.
  return [...side('above', 'inferior'), ...side('below', 'superior')];
}

function nearest(discs: readonly DiscFinding[], drawn: DiscTruth): DiscFinding | undefined {
  const distance = ({ centroidLps }: DiscFinding): number =>
    Math.hypot(...centroidLps.map((value, axis) => value - drawn.centreLps[axis]!));
  const [first] = [...discs].sort((a, b) => distance(a) - distance(b));
  return first && distance(first) <= SAME_DISC_MM ? first : undefined;
}

function show<T>(assessment: Assessment<T>, print: (value: T) => string): string {
  return assessment.status === 'assessed' ? print(assessment.value) : `- ${assessment.reason.code}`;
}
