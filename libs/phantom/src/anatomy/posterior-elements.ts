import { type Rng } from '../random/rng';
import { type Frame, moved, pitched, pointIn, rolled, yawed } from './frame';
import { ellipsoid, rod, roundedBox, type Paint, type Solid } from './solid';
import { type BodyPlan, type SpinePlan } from './spine-plan';
import { SpineClass, Tissue } from './tissue';

/** What is drawn alike in every arch of one patient. */
interface ArchStyle {
  readonly scale: number;
  readonly canalDepthMm: number;
  readonly spinousLength: number;
  readonly spinousHeight: number;
  readonly spinousPitch: number;
  readonly cortexMm: number;
}

/** Pedicles, laminae, articular, transverse and spinous processes of every vertebra. */
export function posteriorSolids(plan: SpinePlan, rng: Rng): Solid[] {
  const style: ArchStyle = {
    scale: plan.scale,
    canalDepthMm: (15 + rng.normal(0, 1.2)) * plan.scale,
    spinousLength: rng.uniform(13, 19),
    spinousHeight: rng.uniform(7.5, 12.5),
    spinousPitch: rng.normal(0.1, 0.1),
    cortexMm: rng.uniform(0.7, 1.6),
  };
  const arches = plan.bodies.flatMap((body, n) => arch(body, n < plan.lumbarCount, style, rng.fork(`arch${n}`), n + 1));
  return plan.transition === 'sacralised' ? [...arches, ...joinedProcesses(plan, rng.fork('joined'))] : arches;
}

/** Transverse processes of the lowest lumbar vertebra as broad as wings, joined to the sacrum on one side or both. */
function joinedProcesses(plan: SpinePlan, rng: Rng): Solid[] {
  const { frame, halfDepthMm: d, halfWidthMm: w, heightMm: h } = plan.bodies[0]!;
  const s = plan.scale;
  const bone: Paint = { core: Tissue.posteriorCancellous, shell: Tissue.cortical, shellMm: 1, spineClass: SpineClass.PosteriorElements, instance: 1 }; // prettier-ignore
  const sides = rng.chance(0.6) ? [-1, 1] : [rng.sign()];
  return sides.map((side) => {
    const root = pointIn(frame, side * w * 0.7, d + 4 * s, 0);
    const end = pointIn(plan.sacrumFrame, side * (w + 12 * s), 6 * s, -8 * s);
    return rod(root, end, frame.up, [0.4 * h, 7 * s], [0.5 * h, 10 * s], bone);
  });
}

function arch(body: BodyPlan, lumbar: boolean, style: ArchStyle, rng: Rng, instance: number): Solid[] {
  const s = style.scale;
  const bone: Paint = {
    core: Tissue.posteriorCancellous, shell: Tissue.cortical, shellMm: style.cortexMm,
    spineClass: SpineClass.PosteriorElements, instance,
  }; // prettier-ignore
  const { frame, halfDepthMm: d, halfWidthMm: w, heightMm: h } = body;
  const back = d + style.canalDepthMm;
  const solids: Solid[] = [];
  const laminectomy = rng.chance(0.02);
  for (const side of [-1, 1]) {
    const at = (l: number, p: number, u: number): Frame => moved(frame, side * l * rng.normal(1, 0.03), p, u);
    const wide = lumbar ? 4.2 + rng.uniform(0, 3) : 3.4;
    const pedicle = w * (lumbar ? 0.62 : 0.66);
    solids.push(roundedBox(at(pedicle, d + 1.5 * s, h * 0.2), [wide * s, 11 * s, rng.uniform(6, 8.5) * s], bone));
    const facet = Math.max(w * 0.66, 13 * s);
    const upper = pitched(yawed(at(facet, d + 11 * s, h * 0.5), side * 0.5), rng.normal(0.1, 0.08));
    solids.push(roundedBox(upper, [6 * s, 4.6 * s, rng.uniform(8, 11) * s], bone));
    const lower = pitched(yawed(at(facet * 0.88, d + 16.5 * s, -h * 0.42), side * 0.5), rng.normal(0.15, 0.08));
    solids.push(roundedBox(lower, [5.4 * s, 4.2 * s, rng.uniform(10, 13) * s], bone));
    const pars = { start: pointIn(frame, side * facet, d + 11 * s, h * 0.25), end: pointIn(frame, side * facet * 0.85, d + 16 * s, -h * 0.3) }; // prettier-ignore
    solids.push(rod(pars.start, pars.end, frame.left, [5.5 * s, 4 * s], [5.5 * s, 4 * s], bone));
    const reach = lumbar ? w + rng.uniform(14, 24) * s : w + rng.uniform(4, 12) * s;
    const tip = pointIn(frame, side * reach, d + (lumbar ? 9 : 18) * s, h * 0.12);
    solids.push(rod(pointIn(frame, side * w * 0.6, d + 7 * s, h * 0.15), tip, frame.up, [6 * s, 3.6 * s], [5 * s, 3 * s], bone)); // prettier-ignore
    if (laminectomy) continue;
    const root = pointIn(frame, 0, back + 3.5 * s, -h * 0.32);
    const lamina = pointIn(frame, side * facet * 0.85, d + 14.5 * s, -h * 0.12);
    solids.push(rod(lamina, root, frame.up, [9 * s, 3.6 * s], [8.5 * s, 3.8 * s], bone));
    const flavum = pointIn(frame, side * facet * 0.6, back - 1.5 * s, -h * 0.62);
    const thick = rng.uniform(1.2, 3.6) * s;
    solids.push(ellipsoid({ ...frame, origin: flavum }, [7 * s, thick, 8 * s], { core: Tissue.ligament, spineClass: SpineClass.Background })); // prettier-ignore
  }
  if (laminectomy) return solids;
  const length = style.spinousLength * s * rng.normal(1, 0.08) * (lumbar ? 1 : 1.1);
  const pitch = lumbar ? -style.spinousPitch + rng.normal(0, 0.06) : -0.75;
  const drop = lumbar ? -h * 0.32 : -h * 0.55;
  const spinous = rolled(pitched(moved(frame, rng.normal(0, 0.8), back + 2 * s + length * 0.92, drop), pitch), rng.normal(0, 0.05)); // prettier-ignore
  const high = (lumbar ? style.spinousHeight : style.spinousHeight * 0.6) * s * rng.normal(1, 0.1);
  solids.push(roundedBox(spinous, [rng.uniform(2.4, 3.8) * s, length, high], bone));
  solids.push(ellipsoid(moved(spinous, 0, length * 0.72, -high * 0.15), [4.2 * s, length * 0.33, high * 1.08], bone));
  const band = moved(frame, 0, back + length * 0.9, drop - h * 0.75);
  solids.push(roundedBox(band, [1.8 * s, length * 0.85, h * 0.3], { core: rng.chance(0.5) ? Tissue.ligament : Tissue.fatInMuscle, spineClass: SpineClass.Background })); // prettier-ignore
  return solids;
}
