import { type CtOutcome } from './ct-agreement';
import { MODIC_TYPES, type MrOutcome } from './mr-agreement';
import { limitsOfAgreement, namedKappa, shareInterval, tally } from './statistic';

type Row = readonly string[];

const BINS = [0, 2, 2.5, 3, 4, 5, 6.5, 20] as const;

const fixed = (value: number, digits = 1): string => value.toFixed(digits);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const share = (hits: number, n: number): string => {
  if (n === 0) return '-';
  const [low, high] = shareInterval(hits, n);
  return `${percent(hits / n)} (${percent(low)} to ${percent(high)}), ${hits}/${n}`;
};

/** Volume bias and limits of agreement per acquisition and over all. */
export function volumeTable(outcomes: readonly CtOutcome[]): Row[] {
  const line = (name: string, own: readonly CtOutcome[]): Row => {
    const pairs = own.flatMap((o) => o.volumes);
    const mm3 = limitsOfAgreement(pairs.map((p) => p.found - p.truth));
    const seen = pairs.filter((p) => p.found > 0);
    const ratio = limitsOfAgreement(seen.map((p) => (100 * (p.found - p.truth)) / p.truth));
    return [
      name, String(own.length), String(pairs.length), fixed(mm3.bias), `${fixed(mm3.low)} to ${fixed(mm3.high)}`,
      String(seen.length), `${fixed(ratio.bias, 0)} %`, `${fixed(ratio.low, 0)} to ${fixed(ratio.high, 0)} %`,
    ]; // prettier-ignore
  };
  return [
    [
      'acquisition',
      'phantoms',
      'calcified discs',
      'bias mm³',
      'limits mm³',
      'of them found',
      'bias of those',
      'limits',
    ],
    ...byAcquisition(outcomes).map(([name, own]) => line(name, own)),
    line('all', outcomes),
  ];
}

/** Sensitivity by true diameter, away from the endplate and beside it. */
export function sensitivityTable(outcomes: readonly CtOutcome[]): Row[] {
  const lesions = outcomes.flatMap((o) => o.lesions);
  const cell = (own: typeof lesions): string => share(own.filter((l) => l.found).length, own.length);
  const either = (own: typeof lesions): string => share(own.filter((l) => l.found || l.apart).length, own.length);
  const rows = BINS.slice(0, -1).map((from, n): Row => {
    const to = BINS[n + 1]!;
    const own = lesions.filter((l) => l.diameterMm >= from && l.diameterMm < to);
    const beside = own.filter((l) => l.site === 'endplate-adjacent');
    const free = own.filter((l) => l.site !== 'endplate-adjacent');
    const name = n === 0 ? `below ${to}` : n === BINS.length - 2 ? `from ${from}` : `${from} to ${to}`;
    return [name, cell(free), either(free), cell(beside), either(beside)];
  });
  return [
    ['diameter of an equal sphere, mm', 'annulus and nucleus', 'of them or reported apart', 'beside the endplate', 'of them or reported apart'],
    ...rows,
  ]; // prettier-ignore
}

/** False discs per study and what was not assessed, per acquisition and over all. */
export function falseDiscTable(outcomes: readonly CtOutcome[]): Row[] {
  const line = (name: string, own: readonly CtOutcome[]): Row => {
    const free = own.filter((o) => !o.calcified);
    const wrong = free.reduce((sum, o) => sum + o.falseDiscs, 0);
    const clean = own.reduce((sum, o) => sum + o.clean, 0);
    const all = own.reduce((sum, o) => sum + o.falseDiscs, 0);
    const discs = own.reduce((sum, o) => sum + o.discs, 0);
    const missed = own.reduce((sum, o) => sum + o.missed, 0);
    const withheld = own.flatMap((o) => o.withheld);
    const apart = own.reduce((sum, o) => sum + o.falseApart, 0);
    const cut = own.reduce((sum, o) => sum + o.cut, 0);
    const rightly = own.reduce((sum, o) => sum + o.cutWithheld, 0);
    return [
      name, String(free.length), fixed(wrong / Math.max(free.length, 1), 3), share(all, clean), `${apart}/${clean}`,
      String(discs), `${cut} (${rightly} withheld)`, String(missed), tally(withheld),
    ]; // prettier-ignore
  };
  return [
    ['acquisition', 'calcification-free phantoms', 'false discs per study', 'false of all clean discs', 'clean discs with a piece apart', 'discs drawn', 'cut by the border of the images', 'not found', 'others not assessed'],
    ...byAcquisition(outcomes).map(([name, own]) => line(name, own)),
    line('all', outcomes),
  ]; // prettier-ignore
}

/** Confusion matrix of endplates: rows drawn, columns found. */
export function confusionTable(outcomes: readonly MrOutcome[]): Row[] {
  const pairs = outcomes.flatMap((o) => o.endplates);
  return [
    ['drawn \\ found', ...MODIC_TYPES.map((type) => (type === '3' ? '3 possible' : type))],
    ...MODIC_TYPES.map((truth): Row => [
      truth,
      ...MODIC_TYPES.map((found) => String(pairs.filter((p) => p.truth === truth && p.found === found).length)),
    ]),
  ];
}

/** Kappa over types and of present or absent, per acquisition and over all. */
export function modicTable(outcomes: readonly MrOutcome[]): Row[] {
  const line = (name: string, own: readonly MrOutcome[]): Row => {
    const pairs = own.flatMap((o) => o.endplates);
    const presence = pairs.map((p) => ({ truth: String(p.truth !== 'none'), found: String(p.found !== 'none') }));
    const changed = presence.filter((p) => p.truth === 'true');
    const clean = presence.filter((p) => p.truth === 'false');
    return [
      name, String(own.length), String(pairs.length), fixed(namedKappa(pairs), 2), fixed(namedKappa(presence), 2),
      share(changed.filter((p) => p.found === 'true').length, changed.length),
      share(clean.filter((p) => p.found === 'false').length, clean.length),
      String(own.reduce((sum, o) => sum + o.missed, 0)), tally(own.flatMap((o) => o.withheld)),
    ]; // prettier-ignore
  };
  return [
    ['acquisition', 'phantoms', 'endplates', 'kappa of types', 'kappa present', 'sensitivity', 'specificity', 'not found', 'not assessed'],
    ...byAcquisition(outcomes).map(([name, own]) => line(name, own)),
    line('all', outcomes),
  ]; // prettier-ignore
}

function byAcquisition<T extends { readonly acquisition: string }>(outcomes: readonly T[]): [string, T[]][] {
  const names = [...new Set(outcomes.map((o) => o.acquisition))].sort();
  return names.map((name) => [name, outcomes.filter((o) => o.acquisition === name)]);
}
