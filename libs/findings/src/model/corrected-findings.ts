import { z } from 'zod';
import { assessed, type Assessment, notAssessed } from './assessment.schema';
import { type Calcification } from './calcification.schema';
import { type DiscFinding } from './disc.schema';
import { modicCaveats } from './modic-caveat';
import { type EndplateFinding, type Modic, modicSchema } from './modic.schema';
import { type StudyFindings } from './study-findings.schema';

const NOT_ASSESSABLE = 'not-assessable';
const absentSchema = z.literal('absent');
const notAssessableSchema = z.literal(NOT_ASSESSABLE);

/** What a reader can say of a study's discs and endplates without editing `findings.json` as a whole. */
export const findingEditsSchema = z.strictObject({
  discs: z
    .array(
      z.strictObject({
        id: z.string().max(64),
        /** A volume in mm3 where it is present. */
        calcification: z.union([
          absentSchema,
          notAssessableSchema,
          z.strictObject({ volumeMm3: z.number().positive().max(100_000) }),
        ]),
      }),
    )
    .max(40)
    .default([]),
  endplates: z
    .array(
      z.strictObject({
        id: z.string().max(64),
        modic: z.union([modicSchema.shape.type, notAssessableSchema]),
      }),
    )
    .max(80)
    .default([]),
  /** A sentence for the report; no patient data. */
  remark: z.string().trim().min(1).max(500).optional(),
});
/** What a reader says of a study's discs and endplates. */
export type FindingEdits = z.output<typeof findingEditsSchema>;

/** Findings with a reader's edits in them, or why they cannot have them. */
export interface EditedFindings {
  readonly findings: StudyFindings;
  /** In words; with any of them the findings are not to be used. */
  readonly problems: readonly string[];
}

/** A reader is sure: the checks of the program no longer speak of what he wrote. */
const READERS_CONFIDENCE = 1;

/**
 * Puts a reader's edits into findings. What he says was not measured: an edited calcification has no islands and no
 * attenuation, an edited change of the marrow keeps its outline and size only where it stays a change.
 */
export function editFindings(findings: StudyFindings, edits: FindingEdits): EditedFindings {
  const problems: string[] = [];
  const discs = new Map(findings.discs.map((disc) => [disc.id, disc]));
  for (const { id, calcification } of edits.discs) {
    const disc = discs.get(id);
    const edited = disc && editedCalcification(disc, calcification);
    if (edited) discs.set(id, { ...disc, calcification: edited });
    else problems.push(disc ? `${id} has no calcification to correct: it was not assessed` : `there is no ${id}`);
  }
  const endplates = new Map(findings.endplates.map((endplate) => [endplate.id, endplate]));
  for (const { id, modic } of edits.endplates) {
    const endplate = endplates.get(id);
    const edited = endplate && editedModic(endplate, modic);
    if (edited) endplates.set(id, { ...endplate, modic: edited });
    else problems.push(endplate ? `${id} has no Modic change to correct: it was not assessed` : `there is no ${id}`);
  }
  const remarks = edits.remark === undefined ? findings.remarks : [...findings.remarks, edits.remark];
  return {
    findings: { ...findings, discs: [...discs.values()], endplates: [...endplates.values()], remarks },
    problems,
  };
}

function editedCalcification(
  { calcification }: DiscFinding,
  edit: FindingEdits['discs'][number]['calcification'],
): Assessment<Calcification> | undefined {
  if (calcification.status === 'not-assessed') return undefined;
  if (edit === NOT_ASSESSABLE) return judgedNotAssessable();
  const { meanHU: _mean, p95HU: _p95, maxHU: _max, ...rest } = calcification.value;
  const volumeMm3 = edit === 'absent' ? 0 : edit.volumeMm3;
  const { discVolumeMm3 } = rest;
  return assessed(
    {
      ...rest,
      present: volumeMm3 > 0,
      volumeMm3,
      percentOfDisc: discVolumeMm3 > 0 ? (100 * volumeMm3) / discVolumeMm3 : 0,
      islands: [],
      agatstonLike: 0,
    },
    READERS_CONFIDENCE,
  );
}

function editedModic(
  { modic }: EndplateFinding,
  type: FindingEdits['endplates'][number]['modic'],
): Assessment<Modic> | undefined {
  if (modic.status === 'not-assessed') return undefined;
  if (type === NOT_ASSESSABLE) return judgedNotAssessable();
  const { mixedOf, ...value } = modic.value;
  const kept = type === 'mixed' && mixedOf ? { mixedOf } : {};
  const size = type === 'none' ? { areaMm2: 0, sliceCount: 0, heightPercent: 0, apFraction: 0, outlines: [] } : {};
  const own = value.caveats.filter((caveat) => !modicCaveats(modic.value).includes(caveat));
  const caveats = [...modicCaveats({ type, ...kept }), ...own];
  return assessed({ ...value, ...size, ...kept, type, caveats }, READERS_CONFIDENCE);
}

function judgedNotAssessable<T>(): Assessment<T> {
  return notAssessed('SEGMENTATION_UNCERTAIN', "A reader judged that it can't be assessed on these images.");
}
