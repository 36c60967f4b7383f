import { Tag } from '@endplate/dicom';
import { assessed, notAssessed } from '@endplate/findings';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { codeOf, groups, number, render, text, uidsOf } from '../../testing/read-report';
import { inSpace, someCalcification, someFindings, someModic } from '../../testing/some-findings';
import { childrenNamed, type ReadItem } from '../check/read-content';

describe('structured report, discs on CT', () => {
  const { root } = render(someFindings('CT').withDiscs(2).build());
  const [first] = groups(root);

  it('has one group per disc, tracked by name and UID, at the site of its level', () => {
    expect(groups(root).map((group) => text(group, CODE.comment))).toEqual([['Disc L5/S1'], ['Disc L4/L5']]);
    expect(codeOf(first!, CODE.finding)).toEqual(['360499006']);
    expect(codeOf(first!, CODE.findingSite)).toEqual(['715056000']);
    expect(new Set(uidsOf(root)).size).toBe(2);
  });

  it('measures with UCUM units', () => {
    expect(number(first!, PRIVATE.calcifiedVolume)).toEqual([[41.7, 'mm3']]);
    expect(number(first!, CODE.calcificationPercent)).toEqual([[0.38, '%']]);
    expect(number(first!, PRIVATE.calcificationAttenuation)).toEqual([
      [312.4, "[hnsf'U]"],
      [544, "[hnsf'U]"],
    ]);
    expect(number(first!, PRIVATE.discWedge)).toEqual([[7.4, 'deg']]);
    expect(number(first!, PRIVATE.heightIndex)).toEqual([[0.33, '1']]);
  });

  it('tells the three heights apart by a topographical modifier', () => {
    const parts = childrenNamed(first!, CODE.height).map((item) => codeOf(item, CODE.topographicalModifier)[0]);
    expect(parts).toEqual(['255549009', 'C25569', '255551008']);
    expect(number(first!, CODE.height)).toEqual([
      [11.2, 'mm'],
      [9.4, 'mm'],
      [6.1, 'mm'],
    ]);
  });

  it('says calcification is present, where, and how certain that is', () => {
    expect(codeOf(first!, CODE.calcification)).toEqual(['52101004']);
    expect(codeOf(first!, PRIVATE.site).sort()).toEqual(['EP0061', 'EP0063']);
    expect(number(childrenNamed(first!, CODE.calcification)[0]!, CODE.certainty)).toEqual([[87, '%']]);
  });

  it("says of a reader's calcification what he said, and nothing that was measured", () => {
    const { meanHU: _mean, p95HU: _p95, maxHU: _max, ...rest } = someCalcification({ volumeMm3: 80, islands: [] });
    const [group] = groups(
      render(
        someFindings('CT')
          .withDisc({ calcification: assessed(rest, 1) })
          .build(),
      ).root,
    );
    expect(codeOf(group!, CODE.calcification)).toEqual(['52101004']);
    expect(number(group!, PRIVATE.calcifiedVolume)).toEqual([[80, 'mm3']]);
    const [volume] = childrenNamed(group!, PRIVATE.calcifiedVolume);
    expect(codeOf(volume!, CODE.measurementMethod)).toEqual(['EP0098']);
    const measured = [CODE.calcificationCount, PRIVATE.calcificationAttenuation, PRIVATE.agatstonLike];
    expect(measured.flatMap((concept) => number(group!, concept))).toEqual([]);
  });

  it('gives no size to a Modic change that a reader alone called', () => {
    const stated = assessed(someModic({ type: '1', areaMm2: 0, heightPercent: 0, apFraction: 0 }), 1);
    const { root } = render(someFindings('MR').withDisc().withEndplate(stated).build());
    const group = groups(root).find((one) => codeOf(one, PRIVATE.modic).length > 0)!;
    expect(codeOf(group, PRIVATE.modic)).toEqual(['EP0052']);
    expect([CODE.area, PRIVATE.modicContact].flatMap((concept) => number(group, concept))).toEqual([]);
  });

  it('names what was withheld once per reason, with the code and the sentence', () => {
    const [withheld] = childrenNamed(first!, PRIVATE.notAssessed);
    expect(codeOf(first!, PRIVATE.notAssessed)).toEqual(['EP1113']);
    expect(text(withheld!, CODE.comment)).toEqual(['T2 signal and Pfirrmann-like grade: The T2 signal needs an MR.']);
  });
});

describe('structured report, discs on MR', () => {
  it('leaves calcification undetermined, which is not absent', () => {
    const { root } = render(someFindings('MR').withDisc().build());
    const [group] = groups(root);
    expect(codeOf(group!, CODE.calcification)).toEqual(['373068000']);
    const [withheld] = childrenNamed(group!, PRIVATE.notAssessed);
    expect(text(withheld!, CODE.comment)[0]).toMatch(/^Calcification, Intradiscal gas: /);
    expect(number(group!, PRIVATE.calcifiedVolume)).toEqual([]);
  });

  it('says absent where calcification was looked for and not found', () => {
    const none = assessed(someCalcification({ present: false, volumeMm3: 0, islands: [] }), 0.9);
    const { root } = render(someFindings('CT').withDisc({ calcification: none }).build());
    expect(codeOf(groups(root)[0]!, CODE.calcification)).toEqual(['272519000']);
  });

  it('has a group per endplate with vertebra, side and Modic type', () => {
    const findings = someFindings('MR');
    findings.withEndplate(assessed(someModic({ outlines: [findings.outline(0)] }), 0.8));
    findings.withEndplate(assessed(someModic({ type: 'none' }), 0.8));
    const [inferior, superior] = groups(render(findings.build()).root);
    expect(codeOf(inferior!, CODE.findingSite)).toEqual(['49668003']);
    expect(codeOf(childrenNamed(inferior!, CODE.findingSite)[0]!, CODE.topographicalModifier)).toEqual(['261089000']);
    expect(codeOf(inferior!, PRIVATE.modic)).toEqual(['EP0053']);
    expect(number(inferior!, CODE.area)).toEqual([[118, 'mm2']]);
    expect(codeOf(superior!, CODE.findingSite)).toEqual(['54735007']);
    expect(codeOf(superior!, PRIVATE.modic)).toEqual(['EP0051']);
    expect(number(superior!, CODE.area)).toEqual([]);
  });

  it('says a reason that all endplates share once for the study, and one of its own in the endplate', () => {
    const shared = notAssessed<never>('T1_MISSING', 'No T1 series.');
    const own = notAssessed<never>('METAL', 'Metal beside the endplate.');
    const all = render(someFindings('MR').withEndplate(shared).withEndplate(shared).build());
    expect(groups(all.root)).toHaveLength(0);
    const [evaluations] = childrenNamed(all.root, CODE.qualitativeEvaluations);
    expect(codeOf(evaluations!, PRIVATE.notAssessed)).toEqual(['EP1115']);
    expect(groups(render(someFindings('MR').withEndplate(shared).withEndplate(own).build()).root)).toHaveLength(2);
  });
});

describe('structured report, levels', () => {
  it('withholds the level code with the name, and counts from below', () => {
    const { root } = render(someFindings('CT').withDisc({ level: null }).build());
    expect(text(groups(root)[0]!, CODE.comment)[0]).toContain('1, counted from the lowest');
    expect(codeOf(groups(root)[0]!, CODE.findingSite)).toEqual(['360499006']);
  });

  it('says that names are withheld, and why', () => {
    const labelling = {
      anchored: false,
      gap: 0,
      best: [],
      secondBest: [],
      reason: { code: 'NO_SACRUM' as const, text: 'The sacrum is not in the images.' },
    };
    const [evaluations] = childrenNamed(
      render(someFindings('CT').with({ labelling }).build()).root,
      CODE.qualitativeEvaluations,
    );
    expect(codeOf(evaluations!, PRIVATE.levelNames)).toEqual(['EP0074']);
  });
});

describe('structured report, coordinates', () => {
  const kinds = (root: ReadItem): (string | undefined)[] =>
    groups(root).map((group) => group.children.find(({ valueType }) => valueType.startsWith('SCOORD'))?.valueType);
  const spatial = someFindings('CT');
  spatial.withDisc({ outlines: [inSpace(spatial.outline(0))] });

  it('draws on the source image where the outline lies on one, closed, in both profiles', () => {
    for (const profile of ['comprehensive', 'comprehensive-3d'] as const) {
      const { root } = render(someFindings('CT').withDisc().build(), profile);
      expect(kinds(root)).toEqual(['SCOORD']);
      const graphic = groups(root)[0]!.children.find(({ valueType }) => valueType === 'SCOORD')!;
      const points = graphic.dataSet.numbers(Tag.GraphicData);
      expect(points).toHaveLength(10);
      expect(points.slice(0, 2)).toEqual(points.slice(-2));
    }
  });

  it('draws reformats in space, and only where the SOP class takes that', () => {
    expect(kinds(render(spatial.build(), 'comprehensive-3d').root)).toEqual(['SCOORD3D']);
    expect(kinds(render(spatial.build(), 'comprehensive').root)).toEqual([undefined]);
  });
});
