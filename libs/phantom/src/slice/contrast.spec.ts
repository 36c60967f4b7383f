import { Tissue, type TissueName } from '../anatomy/tissue';
import { Rng } from '../random/rng';
import { drawContrast, type Contrast, type ContrastKind } from './contrast';

const draw = (n: number, kind?: ContrastKind): Contrast =>
  drawContrast(new Rng(7, `contrast${n}`), new Float32Array(4).fill(600), [1, 0], kind);
const signal = ({ water, fat }: Contrast, name: TissueName): number => water[Tissue[name]]! + fat[Tissue[name]]!;
const all = (kind: ContrastKind): Contrast[] => Array.from({ length: 60 }, (_, n) => draw(n, kind));

describe('drawContrast', () => {
  test('draws half of the slices in random contrasts, and every real one', () => {
    const kinds = Array.from({ length: 1000 }, (_, n) => draw(n).kind);
    const share = (kind: ContrastKind): number => kinds.filter((one) => one === kind).length / kinds.length;
    expect(Math.abs(share('random') - 0.5)).toBeLessThan(0.1);
    for (const kind of ['ct', 't1', 't2', 'stir', 'gre'] as const) expect(share(kind)).toBeGreaterThan(0.03);
  });

  const orders: [ContrastKind, TissueName, TissueName][] = [
    ['t1', 'cancellous', 'csf'], ['t1', 'modic2', 'cancellous'], ['t1', 'cancellous', 'modic1'], ['t1', 'cancellous', 'modic3'],
    ['t2', 'csf', 'cancellous'], ['t2', 'cancellous', 'modic3'], ['stir', 'csf', 'fat'], ['stir', 'modic1', 'modic2'],
    ['gre', 'csf', 'cancellous'], ['ct', 'cortical', 'cancellous'], ['ct', 'csf', 'fat'], ['ct', 'modic3', 'modic1'],
  ]; // prettier-ignore
  test.each(orders)('%s shows %s brighter than %s', (kind, bright, dark) => {
    for (const contrast of all(kind)) expect(signal(contrast, bright)).toBeGreaterThan(signal(contrast, dark));
  });

  test('shows vessels of CT with and without contrast medium', () => {
    const vessels = all('ct').map((contrast) => signal(contrast, 'vessel'));
    expect(vessels.filter((hu) => hu < 60).length).toBeGreaterThan(15);
    expect(vessels.filter((hu) => hu > 120).length).toBeGreaterThan(15);
  });

  test('lets fat alone move by chemical shift, and not on CT', () => {
    for (const { fat } of all('t1')) expect([fat[Tissue.fat]! > 0.5, fat[Tissue.csf]]).toEqual([true, 0]);
    for (const { fat } of all('ct')) expect(Math.max(...fat)).toBe(0);
  });

  test('makes random contrasts in which the order of tissues changes', () => {
    const brighter = all('random').filter((one) => signal(one, 'csf') > signal(one, 'cancellous')).length;
    expect(brighter).toBeGreaterThan(15);
    expect(brighter).toBeLessThan(45);
  });
});
