import { type StudyFindings } from '@endplate/findings';
import { z } from 'zod';

/** What a row of the worklist says of the findings. */
export const findingsSummarySchema = z.object({
  /** Modalities of the series in use. */
  modalities: z.array(z.string()),
  discs: z.int(),
  /** Discs with calcification, by level or by ordinal, caudal to cranial; absent where no disc was assessed. */
  calcified: z.array(z.string()).optional(),
  /** Endplates with a Modic change; absent where no endplate was assessed. */
  modic: z.array(z.object({ endplate: z.string(), type: z.string() })).optional(),
});
/** What a row of the worklist says of the findings. */
export type FindingsSummary = z.output<typeof findingsSummarySchema>;

/** The findings in a few words. "None found" and "not assessed" stay apart: the latter has no list. */
export function summariseFindings(findings: StudyFindings): FindingsSummary {
  const used = findings.series.filter(({ used: inUse }) => inUse);
  const from = used.length > 0 ? used : findings.series;
  return {
    modalities: [...new Set(from.map(({ modality }) => modality))].sort(),
    discs: findings.discs.length,
    ...calcified(findings),
    ...modic(findings),
  };
}

function calcified({ discs }: StudyFindings): Pick<FindingsSummary, 'calcified'> {
  const assessed = discs.flatMap((disc) =>
    disc.calcification.status === 'assessed' ? [{ disc, present: disc.calcification.value.present }] : [],
  );
  if (assessed.length === 0) return {};
  return { calcified: assessed.filter(({ present }) => present).map(({ disc }) => disc.level ?? disc.id) };
}

function modic({ endplates }: StudyFindings): Pick<FindingsSummary, 'modic'> {
  const assessed = endplates.flatMap((endplate) =>
    endplate.modic.status === 'assessed' ? [{ endplate, type: endplate.modic.value.type }] : [],
  );
  if (assessed.length === 0) return {};
  return {
    modic: assessed
      .filter(({ type }) => type !== 'none')
      .map(({ endplate: { vertebraLevel, vertebraId, position }, type }) => ({
        endplate: `${vertebraLevel ?? vertebraId} ${position}`,
        type,
      })),
  };
}
