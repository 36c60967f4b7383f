import { readPart10 } from '@endplate/dicom';
import { type KernelResult } from '@endplate/kernel';
import {
  readSourceAttributes,
  renderStructuredReport,
  type ReportContext,
  type ReportProfile,
} from '@endplate/reporting';
import { type RenderedArtefact, type VersionRenderer } from './version-renderer.port';

/** Settings of {@link reportRenderer}. */
export interface ReportRendererOptions {
  /** Profiles of the structured report that destinations may want; one report is made for each. */
  readonly profiles: readonly ReportProfile[];
}

/** Makes reports and pictures with the reporting room. */
export function reportRenderer(options: ReportRendererOptions): VersionRenderer {
  return {
    *render(result: KernelResult, source: Buffer): Iterable<RenderedArtefact> {
      const { findings } = result;
      const attributes = readSourceAttributes(readPart10(source).dataSet);
      for (const profile of options.profiles) {
        const context: ReportContext = {
          source: attributes,
          manufacturer: 'Endplate',
          manufacturerModelName: 'Endplate',
          softwareVersion: findings.software.version,
          destinationProfile: profile,
        };
        const bytes = renderStructuredReport(findings, context, profile);
        yield { kind: 'dicom', name: `sr-${profile}`, bytes, problems: [] };
      }
    },
  };
}
