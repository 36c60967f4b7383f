import { readPart10 } from '@endplate/dicom';
import { type KernelResult } from '@endplate/kernel';
import {
  type FontSet,
  type ImageObjectKind,
  readSourceAttributes,
  renderFhirBundle,
  renderReports,
  renderResultMessage,
  type RenderedReport,
  type RenderOptions,
  type ReportContext,
  type ReportLanguage,
  type ReportProfile,
  segmentationReference,
} from '@endplate/reporting';
import { type RenderedArtefact, type VersionRenderer } from './version-renderer.port';

/** Settings of {@link reportRenderer}. */
export interface ReportRendererOptions {
  /** Profiles of the structured report that destinations may want; one report is made for each. */
  readonly profiles: readonly ReportProfile[];
  /** Other kinds of objects that destinations may want; key images are always made, for the console. */
  readonly kinds?: readonly ImageObjectKind[];
  readonly fonts: FontSet;
  /** English when absent. */
  readonly language?: ReportLanguage;
}

/** Pictures are the same for every destination. */
const EVERY_DESTINATION = 'any';

/** Makes reports and pictures with the reporting room, one after the other. */
export function reportRenderer({
  profiles,
  kinds = [],
  fonts,
  language = 'en',
}: ReportRendererOptions): VersionRenderer {
  return {
    *render(result: KernelResult, source: Buffer): Iterable<RenderedArtefact> {
      const attributes = readSourceAttributes(readPart10(source).dataSet);
      const contextFor = (destinationProfile: string): ReportContext => ({
        source: attributes,
        manufacturer: 'Endplate',
        manufacturerModelName: 'Endplate',
        softwareVersion: result.findings.software.version,
        destinationProfile,
        language,
      });
      // A report that refers to the segmentation is only for destinations that get both; the other one is for the rest.
      const [labelMap] = result.labelMaps;
      const segmentation =
        kinds.includes('seg') && labelMap
          ? segmentationReference(result.findings, labelMap, contextFor(EVERY_DESTINATION))
          : undefined;
      for (const profile of profiles) {
        const options = { profiles: [profile], kinds: [] };
        yield* attempt(`sr-${profile}`, result, contextFor(profile), options);
        if (!segmentation) continue;
        yield* attempt(`sr-${profile}-segments`, result, contextFor(profile), { ...options, segmentation });
      }
      for (const kind of new Set<ImageObjectKind>(['sc', ...kinds])) {
        yield* attempt(kind, result, contextFor(EVERY_DESTINATION), { profiles: [], kinds: [kind], fonts });
      }
      yield* messages(result, contextFor(EVERY_DESTINATION));
    },
  };
}

/** The report for systems that take no DICOM. */
function* messages({ findings }: KernelResult, context: ReportContext): Iterable<RenderedArtefact> {
  const fhir = renderFhirBundle(findings, context);
  if (fhir) yield { kind: 'message', name: 'report.fhir.json', bytes: fhir, contentType: 'application/fhir+json' };
  const hl7 = renderResultMessage(findings, context);
  if (hl7) yield { kind: 'message', name: 'report.hl7', bytes: hl7, contentType: 'x-application/hl7-v2+er7' };
}

/**
 * What cannot be made is an object with a problem: the findings stand, and the reader sees what is missing.
 * @param name - of what is missing then
 */
function* attempt(
  name: string,
  result: KernelResult,
  context: ReportContext,
  options: RenderOptions,
): Iterable<RenderedArtefact> {
  try {
    for (const report of renderReports(result, context, options)) yield* artefactsOf(report);
  } catch (error) {
    const { code, retryable } = (error ?? {}) as { code?: unknown; retryable?: unknown };
    if (!(error instanceof Error) || typeof code !== 'string' || retryable !== false) throw error;
    yield { kind: 'dicom', name, bytes: Buffer.alloc(0), problems: [`${code}: ${error.message}`] };
  }
}

/** The object, and for a picture its PNG under the same name without `sc-`. */
function* artefactsOf({ name, bytes, problems, png }: RenderedReport): Iterable<RenderedArtefact> {
  yield { kind: 'dicom', name, bytes, problems };
  if (png) yield { kind: 'png', name: name.replace(/^sc-/, ''), bytes: png };
}
