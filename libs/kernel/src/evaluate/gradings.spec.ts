import { binaryAgreement, quadraticKappa } from './agreement';
import { parseGradings } from './gradings';

describe('binaryAgreement', () => {
  it('reproduces a worked example', () => {
    // 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.7, expected 0.5, kappa 0.4.
    const pairs = [...Array<number>(50).keys()].map((n) => ({ truth: n < 25, found: n < 20 || (n >= 25 && n < 35) }));
    const result = binaryAgreement(pairs);
    expect(result.kappa).toBeCloseTo(0.4, 10);
    expect(result).toMatchObject({ sensitivity: 0.8, specificity: 0.6, n: 50 });
  });

  it('is 0 without variation and without pairs', () => {
    expect(binaryAgreement([{ truth: false, found: false }]).kappa).toBe(0);
    expect(binaryAgreement([])).toEqual({ kappa: 0, sensitivity: 0, specificity: 0, n: 0 });
  });
});

describe('quadraticKappa', () => {
  it('is 1 for equal grades, 0 for chance, less for larger misses', () => {
    const equal = [1, 2, 3, 4].map((g) => ({ truth: g, found: g }));
    expect(quadraticKappa(equal, 4)).toBe(1);
    expect(
      quadraticKappa(
        [1, 2, 3, 4].map((g) => ({ truth: g, found: 2 })),
        4,
      ),
    ).toBeCloseTo(0, 10);
    const near = [{ truth: 1, found: 2 }, ...equal];
    const far = [{ truth: 1, found: 4 }, ...equal];
    expect(quadraticKappa(near, 4)).toBeGreaterThan(quadraticKappa(far, 4));
  });
});

describe('parseGradings', () => {
  const head = 'Study,IVD label,Modic,UP endplate,LOW endplate,Pfirrman grade';
  it('reads rows by the names of their columns', () => {
    expect(parseGradings(`${head}\np001,1,2,0,0,3\r\np001,2,0,0,0,5\n`)).toEqual([
      { study: 'p001', disc: 1, modic: 2, pfirrmann: 3 },
      { study: 'p001', disc: 2, modic: 0, pfirrmann: 5 },
    ]);
  });

  it('leaves out broken rows and foreign tables', () => {
    expect(parseGradings(`${head}\np001,x,2,0,0,3\np002,1,,0,0,3\n`)).toEqual([]);
    expect(parseGradings('a,b\n1,2')).toEqual([]);
  });
});
