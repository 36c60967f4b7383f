import { maskOutlines } from '@endplate/dicom';
import { componentsAround, connectedComponents, faceNeighbours } from './components';
import { BallProbe, dilate } from './dilate';
import { distanceTo } from './distance';
import { dilateByFaces, erodeByFaces } from './face-morphology';
import { findExtents } from './label-extent';
import { gaussianSmooth } from './smooth';
import { wordsOf } from './words';

describe('distanceTo', () => {
  it('is the exact distance with a spacing per axis', () => {
    const box = { nx: 7, ny: 6, nz: 5 };
    const spacing = [0.5, 1, 3] as const;
    const sites = [8, 41, 130, 199];
    const field = distanceTo(box, spacing, (at) => sites.includes(at));
    const place = (at: number): number[] => [at % 7, Math.floor(at / 7) % 6, Math.floor(at / 42)];
    field.forEach((value, at) => {
      const truth = sites.map((site) => Math.hypot(...place(site).map((v, a) => (v - place(at)[a]!) * spacing[a]!)));
      expect(value).toBeCloseTo(Math.min(...truth), 4);
    });
  });

  it('is infinite without a mask', () => {
    expect(distanceTo({ nx: 2, ny: 2, nz: 1 }, [1, 1, 1], () => false)[0]).toBe(Infinity);
  });
});

describe('dilate', () => {
  it.each([0.4, 1, 1.3, 3, 4.5])('reaches as far as the distance says, radius %s', (radius) => {
    const box = { nx: 9, ny: 8, nz: 6 };
    const spacing = [0.5, 1, 1.5] as const;
    const mask = new Uint8Array(9 * 8 * 6);
    for (const at of [0, 1, 2, 17, 18, 100, 211, 212, 301, 431]) mask[at] = 1;
    const distance = distanceTo(box, spacing, (at) => mask[at] === 1);
    expect([...dilate(box, spacing, mask, radius)]).toEqual([...distance].map((d) => (d <= radius ? 1 : 0)));
  });
});

describe('BallProbe', () => {
  it('says of each voxel what dilation says', () => {
    const box = { nx: 9, ny: 8, nz: 6 };
    const mask = new Uint8Array(9 * 8 * 6);
    for (const at of [3, 18, 100, 211, 431]) mask[at] = 1;
    for (const radius of [0.4, 1.3, 3]) {
      const probe = new BallProbe(box, [0.5, 1, 1.5], radius);
      expect(Array.from(mask, (_, at) => Number(probe.meets(mask, at)))).toEqual([
        ...dilate(box, [0.5, 1, 1.5], mask, radius),
      ]);
    }
  });
});

describe('morphology by faces', () => {
  const box = { nx: 5, ny: 4, nz: 3 };
  const mask = new Uint8Array(60);
  for (let at = 0; at < 60; at++) if ((at * 7) % 11 > 1) mask[at] = 1;
  const neighbours = (at: number): number[] => {
    const near = new Int32Array(6);
    return [...near.subarray(0, faceNeighbours(box, at, near))];
  };

  it('grows by the face neighbours', () => {
    const single = new Uint8Array(60);
    for (const at of [0, 27, 59]) single[at] = 1;
    const want = Array.from(single, (own, at) => Number(own === 1 || neighbours(at).some((n) => single[n] === 1)));
    expect([...dilateByFaces(box, single)]).toEqual(want);
  });

  it('takes off what has a face neighbour outside the mask', () => {
    const want = Array.from(mask, (own, at) => Number(own === 1 && neighbours(at).every((n) => mask[n] === 1)));
    expect([...erodeByFaces(box, mask)]).toEqual(want);
    expect(want).toContain(1);
  });
});

describe('findExtents', () => {
  it('gives voxels, box and areas of each label', () => {
    const labels = new Uint8Array(4 * 3 * 2);
    for (const at of [1, 2, 5, 14]) labels[at] = 7;
    labels[23] = 2;
    const extents = findExtents(labels, [4, 3, 2]);
    expect(extents[7]).toEqual({ voxels: 4, low: [1, 0, 0], high: [2, 1, 1], areas: Uint32Array.of(3, 1) });
    expect(extents[2]).toEqual({ voxels: 1, low: [3, 2, 1], high: [3, 2, 1], areas: Uint32Array.of(0, 1) });
    expect(extents[1]).toBeUndefined();
  });
});

describe('wordsOf', () => {
  it('takes four voxels at a time, and none where a map does not begin at a word', () => {
    const bytes = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 9);
    expect([...wordsOf(bytes)]).toEqual([0, 1]);
    expect(wordsOf(bytes.subarray(1))).toHaveLength(0);
  });
});

describe('connectedComponents', () => {
  it('joins over faces, not over edges', () => {
    const mask = [1, 0, 0, 1, 0, 0, 0, 0, 1];
    const { labels, sizes } = connectedComponents({ nx: 3, ny: 3, nz: 1 }, Uint8Array.from(mask));
    expect(sizes.slice(1)).toEqual([2, 1]);
    expect(labels[0]).toBe(labels[3]);
    expect(labels[8]).not.toBe(labels[0]);
  });
});

describe('componentsAround', () => {
  it('gives the components of a mask that hold a start, whole and in the order of all components', () => {
    const box = { nx: 8, ny: 7, nz: 3 };
    const mask = Uint8Array.from({ length: 168 }, (_, at) => ((at * 37) % 101 < 45 ? 1 : 0));
    const { labels, sizes } = connectedComponents(box, mask);
    const starts = [160, 90, 91, 5, 3, 44];
    const wanted = [...new Set(starts.map((at) => labels[at]!))].filter((label) => label > 0).sort((a, b) => a - b);
    const found = componentsAround(box, starts, (at) => mask[at] === 1);
    expect(found.map((voxels) => voxels.length)).toEqual(wanted.map((label) => sizes[label]));
    found.forEach((voxels, n) => voxels.forEach((at) => expect(labels[at]).toBe(wanted[n])));
    expect(wanted.length).toBeGreaterThan(1);
  });
});

describe('gaussianSmooth', () => {
  it('leaves a constant alone and keeps the sum of a peak', () => {
    expect(gaussianSmooth(new Float32Array(9).fill(4), 2).every((v) => Math.abs(v - 4) < 1e-5)).toBe(true);
    const peak = new Float32Array(41);
    peak[20] = 1;
    expect(gaussianSmooth(peak, 3).reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 4);
  });
});

describe('maskOutlines', () => {
  it('walks around the corners of pixels', () => {
    expect(maskOutlines(6, 5, (c, r) => c >= 2 && c < 5 && r >= 1 && r < 3)).toEqual([[[2, 1], [5, 1], [5, 3], [2, 3]]]); // prettier-ignore
  });

  it('gives the outer outline of a ring and each piece, the largest first', () => {
    const ring = (c: number, r: number): boolean => c >= 1 && c < 6 && r >= 1 && r < 6 && !(c === 3 && r === 3);
    const outlines = maskOutlines(12, 12, (c, r) => ring(c, r) || (c === 9 && r === 9));
    expect(outlines).toHaveLength(2);
    expect(outlines[0]).toEqual([[1, 1], [6, 1], [6, 6], [1, 6]]); // prettier-ignore
  });

  it('stays within 64 points and close to a disc', () => {
    const [outline] = maskOutlines(220, 220, (c, r) => Math.hypot(c - 110, r - 110) < 100);
    expect(outline!.length).toBeLessThanOrEqual(64);
    outline!.forEach(([x, y]) => expect(Math.abs(Math.hypot(x - 110.5, y - 110.5) - 100)).toBeLessThan(1.6));
  });

  it('survives pixels that meet at a corner', () => {
    expect(maskOutlines(2, 2, (c, r) => c === r)).toHaveLength(2);
  });
});
