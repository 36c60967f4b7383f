import { type NaturalDataset } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { type CodedConcept, type CodingScheme } from '../code/coded-concept';
import { CODE } from '../code/concept';
import { PRIVATE } from '../code/private-code';
import { type ReportContext } from '../report-context';
import { type ContentItem } from '../sr/content/content-item';
import { reportContent } from '../sr/document/report-content';

/** One value of a structure, in the words of the structured report. */
export type ObservedValue = {
  readonly concept: CodedConcept;
  /** What narrows the concept: a part of the site, or how the number was drawn from the voxels. */
  readonly modifiers: readonly CodedConcept[];
  /** How it was measured. */
  readonly method?: CodedConcept;
} & (
  | { readonly kind: 'number'; readonly value: number; readonly unit: CodedConcept }
  | { readonly kind: 'concept'; readonly value: CodedConcept; readonly certaintyPercent?: number }
  | { readonly kind: 'not-assessed'; readonly reason: CodedConcept; readonly sentence: string }
  | { readonly kind: 'text'; readonly text: string }
);

/** A disc, an endplate or a vertebra with all that is said of it. */
export interface StructureObservation {
  /** `Disc L4/L5`. */
  readonly name: string;
  /** Stays with the structure over versions. */
  readonly trackingUID: string;
  readonly finding: CodedConcept;
  readonly site: CodedConcept;
  readonly topographicalModifier?: CodedConcept;
  readonly values: readonly ObservedValue[];
}

/** What the report says, structure by structure, and of the study as a whole. */
export interface ReportObservations {
  readonly structures: readonly StructureObservation[];
  readonly study: readonly ObservedValue[];
}

/**
 * Reads the content tree of the structured report, so that every other form of the report says the same with the same
 * codes.
 */
export function reportObservations(findings: StudyFindings, context: ReportContext): ReportObservations {
  const { children } = reportContent(findings, context, 'space');
  const part = (name: CodedConcept): readonly ContentItem[] =>
    children.find((item) => item.name?.value === name.value)?.children ?? [];
  return {
    structures: part(CODE.imagingMeasurements)
      .filter((item) => isNamed(item, CODE.measurementGroup))
      .map(structureOf),
    study: part(CODE.qualitativeEvaluations).flatMap(valueOf),
  };
}

/** What stands around the values of a group. */
const FRAME = [CODE.trackingIdentifier, CODE.trackingUniqueIdentifier, CODE.finding, CODE.findingSite];

function structureOf({ children }: ContentItem): StructureObservation {
  const child = (name: CodedConcept): ContentItem | undefined => children.find((item) => isNamed(item, name));
  const site = child(CODE.findingSite)!;
  const modifier = site.children.find((item) => isNamed(item, CODE.topographicalModifier));
  const identifier = textOf(child(CODE.trackingIdentifier)!);
  // Where a viewer's tool is the identifier, the name is the first comment.
  const comment = identifier.includes('@') ? child(CODE.comment) : undefined;
  return {
    name: comment ? textOf(comment) : identifier,
    trackingUID: String(child(CODE.trackingUniqueIdentifier)!.body['UID']),
    finding: conceptOf(child(CODE.finding)!),
    site: conceptOf(site),
    ...(modifier ? { topographicalModifier: conceptOf(modifier) } : {}),
    values: children.filter((item) => item !== comment && !FRAME.some((name) => isNamed(item, name))).flatMap(valueOf),
  };
}

function valueOf(item: ContentItem): ObservedValue[] {
  const { name: concept, valueType } = item;
  if (!concept) return [];
  const narrowing = item.children.filter(({ relationship }) => relationship === 'HAS CONCEPT MOD');
  const isMethod = (one: ContentItem): boolean => isNamed(one, CODE.measurementMethod);
  const modifiers = narrowing.filter((one) => !isMethod(one)).map(conceptOf);
  const method = narrowing.filter(isMethod).map(conceptOf)[0];
  switch (valueType) {
    case 'NUM':
      return [{ concept, modifiers, ...(method ? { method } : {}), kind: 'number', ...measured(item) }];
    case 'TEXT':
      return [{ concept, modifiers, kind: 'text', text: textOf(item) }];
    case 'CODE':
      return [{ concept, modifiers, ...codedValue(item, concept) }];
    default:
      return [];
  }
}

function codedValue(item: ContentItem, concept: CodedConcept) {
  const comment = item.children.find((child) => isNamed(child, CODE.comment));
  if (concept.value === PRIVATE.notAssessed.value) {
    const reason = conceptOf(item);
    return { kind: 'not-assessed', reason, sentence: comment ? textOf(comment) : reason.meaning } as const;
  }
  const certainty = item.children.find((child) => isNamed(child, CODE.certainty));
  const percent = certainty ? { certaintyPercent: measured(certainty).value } : {};
  return { kind: 'concept', value: conceptOf(item), ...percent } as const;
}

function measured({ body }: ContentItem): { readonly value: number; readonly unit: CodedConcept } {
  const [value] = body['MeasuredValueSequence'] as readonly NaturalDataset[];
  const [unit] = value!['MeasurementUnitsCodeSequence'] as readonly NaturalDataset[];
  return { value: Number(value!['NumericValue']), unit: codedConcept(unit!) };
}

function conceptOf({ body }: ContentItem): CodedConcept {
  return codedConcept((body['ConceptCodeSequence'] as readonly NaturalDataset[])[0]!);
}

function codedConcept(item: NaturalDataset): CodedConcept {
  const { CodeValue, CodingSchemeDesignator, CodeMeaning } = item;
  return { value: String(CodeValue), scheme: CodingSchemeDesignator as CodingScheme, meaning: String(CodeMeaning) };
}

function textOf({ body }: ContentItem): string {
  return String(body['TextValue']);
}

function isNamed({ name }: ContentItem, concept: CodedConcept): boolean {
  return name?.value === concept.value && name.scheme === concept.scheme;
}
