import { distance } from '@endplate/dicom';
import { type EndplateDefect, type Assessment, type StudyFindings } from '@endplate/findings';
import { type PhantomTruth } from '@endplate/phantom';
import { limitsOfAgreement, shareInterval } from './statistic';

/** Curvature and endplates of one phantom beside its findings. */
export interface ShapeOutcome {
  /** Between the two vertebrae that the kernel named, degrees; absent where it withheld the angle. */
  readonly cobb?: { readonly truthDeg: number; readonly foundDeg: number };
  /** Endplates of whole vertebrae that were assessed: depth of the drawn node (0 without) and of the dent found, mm. */
  readonly endplates: readonly { readonly nodeMm: number; readonly foundMm: number; readonly called: boolean }[];
}

const NEAR_MM = 12;

/** Compares the coronal Cobb angle and the dents of endplates; vertebrae are paired by place. */
export function compareShape(truth: PhantomTruth, findings: StudyFindings): ShapeOutcome {
  const pairs = findings.vertebrae.flatMap((found) => {
    const near = truth.vertebrae
      .map((drawn) => ({ drawn, mm: distance(drawn.centreLps, found.centroidLps) }))
      .sort((a, b) => a.mm - b.mm)[0];
    return near && near.mm <= NEAR_MM ? [{ found, drawn: near.drawn }] : [];
  });
  const sides = pairs.flatMap(({ found, drawn }) =>
    (['superior', 'inferior'] as const).flatMap((side) => {
      const defect: Assessment<EndplateDefect> | undefined = found.endplateDefects?.[side];
      const own = truth.endplates.find((e) => e.vertebra === drawn.level && e.side === (side === 'inferior' ? 'above' : 'below')); // prettier-ignore
      return defect && own ? [{ defect, nodeMm: own.nodeDepthMm }] : [];
    }),
  );
  const endplates = sides.flatMap(({ defect, nodeMm }) =>
    defect.status === 'assessed' ? [{ nodeMm, foundMm: defect.value.depthMm, called: defect.value.present }] : [],
  );
  const { coronalCobb } = findings;
  if (coronalCobb?.status !== 'assessed') return { endplates };
  const { upperVertebraId, lowerVertebraId, angleDeg } = coronalCobb.value;
  const tilt = (id: string): number | undefined => pairs.find(({ found }) => found.id === id)?.drawn.tiltDeg;
  const [upper, lower] = [tilt(upperVertebraId), tilt(lowerVertebraId)];
  if (upper === undefined || lower === undefined) return { endplates };
  return { cobb: { truthDeg: Math.abs(upper - lower), foundDeg: angleDeg }, endplates };
}

type Row = readonly string[];

/** Bias and limits of the coronal Cobb angle, between the endplates that the kernel chose. */
export function cobbTable(outcomes: readonly ShapeOutcome[]): Row[] {
  const pairs = outcomes.flatMap(({ cobb }) => cobb ?? []);
  const line = (name: string, own: typeof pairs): Row => {
    const { bias, low, high } = limitsOfAgreement(own.map((p) => p.foundDeg - p.truthDeg));
    return [name, String(own.length), bias.toFixed(1), `${low.toFixed(1)} to ${high.toFixed(1)}`];
  };
  return [
    ['drawn angle', 'phantoms', 'bias, degrees', 'limits, degrees'],
    line('below 10 degrees', pairs.filter((p) => p.truthDeg < 10)),
    line('from 10 degrees', pairs.filter((p) => p.truthDeg >= 10)),
    ['withheld', String(outcomes.length - pairs.length), '', ''],
  ]; // prettier-ignore
}

/** Which drawn Schmorl nodes were called, by depth, and which smooth endplates were. */
export function dentTable(outcomes: readonly ShapeOutcome[]): Row[] {
  const all = outcomes.flatMap((o) => o.endplates);
  const line = (name: string, own: typeof all): Row => {
    const called = own.filter((e) => e.called).length;
    const [low, high] = shareInterval(called, own.length);
    const share = `${((100 * called) / own.length).toFixed(1)} % (${(100 * low).toFixed(1)} % to ${(100 * high).toFixed(1)} %)`; // prettier-ignore
    return [name, String(own.length), own.length > 0 ? `${share}, ${called}/${own.length}` : '-'];
  };
  return [
    ['endplate as drawn', 'endplates', 'called dented'],
    line('without a node', all.filter((e) => e.nodeMm === 0)),
    line('node of 2.5 to 4 mm', all.filter((e) => e.nodeMm > 0 && e.nodeMm < 4)),
    line('node of 4 to 6 mm', all.filter((e) => e.nodeMm >= 4)),
  ]; // prettier-ignore
}
