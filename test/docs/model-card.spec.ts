import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../deploy/manifest';
import { document, rows } from './document-table';

const card = rows(readFileSync(path.join(ROOT, 'models/spine-seg/MODEL_CARD.md'), 'utf8'));
const validation = document('validation.md');

/** The cells of the card's row that begins with a text. */
function ofCard(begin: string): string {
  const found = card.filter(([name]) => name!.startsWith(begin));
  expect(found).toHaveLength(1);
  return found[0]!.slice(1).join(' | ');
}

/** What a pattern takes out of docs/validation.md; the first place counts. */
function measured(pattern: RegExp): string[] {
  const found = pattern.exec(validation);
  if (!found) throw new Error(`docs/validation.md has no ${pattern.source}`);
  return found.slice(1);
}

/** The part of a document that a command wrote. */
function generated(section: string): string[][] {
  const [, text] = new RegExp(`<!-- generated: ${section} -->([^]*?)<!-- end: ${section} -->`).exec(validation)!;
  return rows(text!);
}

describe('the model card says what docs/validation.md says', () => {
  const figures: [string, RegExp][] = [
    ['vertebral bodies', /^mean +body +(\S+) +(\S+)/m],
    ['discs, 2 series', /^mean +disc +(\S+) +(\S+)/m],
    ['Modic present or absent', /^Modic present, limits fitted in five\D+(\S+) +\S+ to \S+ +(\S+) +(\S+)/m],
    ['Pfirrmann-like grade', /^Pfirrmann .*fitted in five patient-wise folds +(\S+)/m],
    ['whole kernel over its network calls', /^\| kernel \/ onnxruntime, 2 threads; 1 thread \| ([\d.]+)/m],
    ['the same, MR pair', /^\| kernel \/ onnxruntime.*?\|.*?\| ([\d.]+)/m],
    ['peak RSS, CT', /^\| peak RSS \| (\d+) MB/m],
  ];
  it.each(figures)('%s', (row, pattern) => {
    for (const value of measured(pattern)) expect(ofCard(row)).toContain(value);
  });

  it('healthy endplates, phantoms and repeatability', () => {
    const healthy = generated('healthy').find(([name]) => name === 'Modic change, endplates')!;
    expect(ofCard('Modic change called on a healthy study')).toContain(healthy[2]!.replace('/', ' of '));
    const volumes = generated('ct phantoms').find(([name, , count]) => name === 'all' && count !== undefined)!;
    expect(ofCard('calcified volume, all')).toContain(`bias ${volumes[3]} mm³, limits ${volumes[4]}`);
    expect(ofCard('calcified volume of the')).toContain(`bias ${volumes[6]}, limits ${volumes[7]}`);
    const types = generated('mr phantoms').find(([name]) => name === 'all')!;
    expect(ofCard('Modic type per endplate')).toContain(types[3]);
    const spread = (measure: string): string => generated('repeatability').find(([name]) => name!.startsWith(measure))![4]!;
    for (const measure of ['wedge', 'slip', 'calcification', 'middle height', 'posterior height'])
      expect(ofCard('one patient in ten acquisitions')).toContain(spread(measure));
  });

  it('which targets are missed', () => {
    for (const row of ['vertebral bodies', 'Modic present or absent', 'whole kernel over', 'the same, MR pair'])
      expect(ofCard(row)).toMatch(/: (missed|met)$/);
  });
});
