import { type SagittalGrid } from '../segment/probability-stack';
import { CLASS } from '../segment/spine-class';
import { THRESHOLDS } from '../thresholds';

/** What {@link closeSacralRoof} works on: labels are changed in place. */
export interface SacralRoof {
  readonly grid: SagittalGrid;
  readonly labels: Uint8Array;
  /** Most probable tissue of every voxel. */
  readonly tissue: Uint8Array;
  /** Values in `labels` of the lumbosacral disc and of the first sacral segment. */
  readonly disc: number;
  readonly sacrum: number;
  /** Caudal direction at the disc, [column, row] of length 1. */
  readonly caudal: readonly [number, number];
}

const STEP_MM = 0.5;

/**
 * Gives the first sacral segment what lies between it and the disc above, in place: above a worn endplate networks begin the
 * sacrum some millimetres too low, so that its endplate would be read in the middle of its marrow. What is left free is the
 * width of an endplate; gaps that other bodies show as well, gaps wider than a network's hesitation, and canal or arch
 * between both stay as they are.
 */
export function closeSacralRoof(roof: SacralRoof): void {
  const { grid, labels, disc } = roof;
  const [columns, rows] = grid.dims;
  const [dc, dr] = [Math.round(roof.caudal[0]), Math.round(roof.caudal[1])];
  const edge: number[] = [];
  for (let at = labels.indexOf(disc); at >= 0; at = labels.indexOf(disc, at + 1)) {
    const [c, r] = [(at % columns) + dc, (Math.floor(at / columns) % rows) + dr];
    const inside = c >= 0 && r >= 0 && c < columns && r < rows;
    if (inside && labels[at + dr * columns + dc] !== disc) edge.push(at);
  }
  for (const at of edge) fillBelow(roof, at);
}

/** Walks from one voxel of the disc's lower edge to the sacrum, and gives the sacrum what was passed on the way. */
function fillBelow({ grid, labels, tissue, sacrum, disc, caudal }: SacralRoof, start: number): void {
  const [columns, rows] = grid.dims;
  const [mmColumn, mmRow] = grid.spacingMm;
  const [c0, r0] = [start % columns, Math.floor(start / columns) % rows];
  const slice = start - c0 - r0 * columns;
  const passed: number[] = [];
  for (let d = STEP_MM; d <= THRESHOLDS.level.sacralRoofMaxMm; d += STEP_MM) {
    const c = Math.round(c0 + (d * caudal[0]) / mmColumn);
    const r = Math.round(r0 + (d * caudal[1]) / mmRow);
    if (c < 0 || r < 0 || c >= columns || r >= rows) return;
    const at = slice + r * columns + c;
    if (labels[at] === sacrum) {
      if (d >= THRESHOLDS.level.sacralRoofMinMm) for (const voxel of passed) labels[voxel] = sacrum;
      return;
    }
    if (labels[at] === disc) continue;
    if (labels[at] !== 0 || tissue[at] === CLASS.canal || tissue[at] === CLASS.posterior) return;
    if (d > THRESHOLDS.level.sacralRoofFreeMm) passed.push(at);
  }
}
