import { type Modic } from './modic.schema';

const CAVEATS: Readonly<Record<'1' | '2' | '3-possible', string | undefined>> = {
  '1': 'Infection and tumour not excluded.',
  '2': undefined,
  '3-possible': 'Sclerosis can not be proven on MR alone.',
};

/** Sentences that must accompany a Modic type, whoever calls it; of a mixed change those of both its types. */
export function modicCaveats({ type, mixedOf }: Pick<Modic, 'type' | 'mixedOf'>): string[] {
  const types = type === 'mixed' ? (mixedOf ?? []) : type === 'none' ? [] : [type];
  return types.flatMap((one) => CAVEATS[one] ?? []);
}
