import { type ChainSegment } from './chain';
import { type InstanceMap, type SpineInstance } from './instance';
import { looksSacral } from './sacral-shape';

const [COLUMNS, ROWS] = [120, 140];

interface Shape {
  /** Angle of the lower body's axis from caudal towards posterior, degrees. */
  readonly turnDeg: number;
  /** Depths at both ends, mm; the body above is 34 mm deep. */
  readonly upperMm: number;
  readonly lowerMm: number;
}

/** Whether the lower of two bodies on one slice of 1 mm looks sacral: 30 mm high, drawn as a trapezoid about its axis. */
function judge({ turnDeg, upperMm, lowerMm }: Shape): boolean {
  const labels = new Uint8Array(COLUMNS * ROWS);
  const turn = (turnDeg * Math.PI) / 180;
  const [ax, ay] = [Math.sin(turn), Math.cos(turn)];
  const [topX, topY] = [45, 60];
  for (let at = 0; at < labels.length; at++) {
    const [x, y] = [at % COLUMNS, Math.floor(at / COLUMNS)];
    if (Math.abs(x - topX) <= 17 && y >= 20 && y <= 50) labels[at] = 1;
    const along = (x - topX) * ax + (y - topY) * ay;
    const half = (upperMm + ((lowerMm - upperMm) * along) / 30) / 2;
    if (along >= 0 && along <= 30 && Math.abs((x - topX) * ay - (y - topY) * ax) <= half) labels[at] = 3;
  }
  const map: InstanceMap = {
    ...{ dims: [COLUMNS, ROWS, 1], spacingMm: [1, 1, 4], affine: [] },
    ...{ labels, instances: [] },
  };
  const at = (label: number, kind: ChainSegment['kind'], x: number, y: number): SpineInstance => ({
    ...{ label, kind, voxels: 1, centroid: [x, y, 0] },
    segment: { kind, from: 0, to: 1, support: 1, sacralShare: 0, cut: false },
  });
  return looksSacral(map, {
    bodyAbove: at(1, 'body', topX, 35),
    discAbove: at(2, 'disc', topX, 55),
    body: at(3, 'body', topX + 15 * ax, topY + 15 * ay),
    discBelow: at(4, 'disc', topX + 35 * ax, topY + 35 * ay),
  });
}

describe('looksSacral', () => {
  it.each([
    ['a first sacral segment', { turnDeg: 38, upperMm: 32, lowerMm: 22 }, true],
    ['a lumbar body that hardly turns', { turnDeg: 10, upperMm: 32, lowerMm: 22 }, false],
    ['a lumbar body as deep below as the one above', { turnDeg: 38, upperMm: 34, lowerMm: 34 }, false],
    ['a body that widens downward', { turnDeg: 38, upperMm: 20, lowerMm: 29 }, false],
  ] as const)('%s: %j', (_, shape, expected) => {
    expect(judge(shape)).toBe(expected);
  });
});
