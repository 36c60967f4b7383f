import { CORRECTION_AUTHORS, findingEditsSchema } from '@endplate/findings';
import {
  DELIVERY_STATES,
  deliveryRecordSchema,
  evidenceSchema,
  STUDY_STATES,
  timelineEventSchema,
} from '@endplate/studies';
import { z } from 'zod';
import { findingsSummarySchema } from './findings-summary';

const outcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal('analysed') }),
  z.object({ status: z.literal('not-analysed'), reason: z.object({ code: z.string(), text: z.string() }) }),
]);

/** A delivery in the worklist: where to, how far. */
const deliveryRowSchema = deliveryRecordSchema
  .pick({ destination: true, state: true, attempts: true, reason: true })
  .extend({ rung: z.string().optional() });

/** One row of the worklist. No name, number or date of a patient: the UID's end tells studies apart. */
export const studyRowSchema = z.object({
  studyInstanceUID: z.string(),
  state: z.enum(STUDY_STATES),
  version: z.int().optional(),
  instances: z.int(),
  series: z.int(),
  lastInstanceAt: z.string().optional(),
  hasLateInstances: z.boolean(),
  outcome: outcome.optional(),
  summary: findingsSummarySchema.optional(),
  deliveries: z.array(deliveryRowSchema),
});
/** One row of the worklist. */
export type StudyRow = z.output<typeof studyRowSchema>;

/** The worklist, youngest study first. */
export const worklistSchema = z.object({
  studies: z.array(studyRowSchema),
  /** Studies in the store; more than listed where the list was cut. */
  total: z.int(),
  /** Studies whose records can't be read; somebody has to look. */
  unreadable: z.int(),
});
/** The worklist. */
export type Worklist = z.output<typeof worklistSchema>;

/** One version of a study. */
export const versionViewSchema = z.object({
  version: z.int(),
  state: z.enum(STUDY_STATES),
  createdAt: z.string(),
  priority: z.string(),
  instances: z.int(),
  /** Why the instances were taken to be all; who said how many there are. */
  evidence: evidenceSchema,
  outcome: outcome.optional(),
  deliveries: z.array(deliveryRecordSchema),
  /** Names of the key images. */
  keyImages: z.array(z.string()),
  /** Objects that failed validation, with what is wrong with them. */
  quarantined: z.array(z.object({ object: z.string(), problems: z.array(z.string()) })),
});
/** One version of a study. */
export type VersionView = z.output<typeof versionViewSchema>;

/** Everything about a study but its findings and pictures. */
export const studyViewSchema = z.object({
  studyInstanceUID: z.string(),
  state: z.enum(STUDY_STATES),
  instances: z.int(),
  series: z.int(),
  firstInstanceAt: z.string().optional(),
  lastInstanceAt: z.string().optional(),
  hasLateInstances: z.boolean(),
  /** Youngest first. */
  versions: z.array(versionViewSchema),
  /** Oldest first. */
  events: z.array(timelineEventSchema),
});
/** Everything about a study but its findings and pictures. */
export type StudyView = z.output<typeof studyViewSchema>;

/** What was begun anew. */
export const retryViewSchema = z.object({
  retried: z.array(z.object({ version: z.int(), destination: z.string(), was: z.enum(DELIVERY_STATES) })),
});
/** What was begun anew. */
export type RetryView = z.output<typeof retryViewSchema>;

/** What a reader corrects, and in what role. */
export const correctionRequestSchema = findingEditsSchema.extend({ authorRole: z.enum(CORRECTION_AUTHORS) });
/** What a reader corrects. */
export type CorrectionRequestBody = z.output<typeof correctionRequestSchema>;

/** The version that was made of a correction. */
export const correctionViewSchema = z.object({ version: z.int(), changed: z.array(z.string()) });
/** The version that was made of a correction. */
export type CorrectionView = z.output<typeof correctionViewSchema>;

/** A problem. @standard RFC 9457 */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string().optional(),
});
