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
        yield report(`sr-${profile}`, () => renderStructuredReport(findings, context, profile));
      }
    },
  };
}

/** An object that cannot be made is one with a problem: the findings stand, and the reader sees what is missing. */
function report(name: string, make: () => Buffer): RenderedArtefact {
  try {
    return { kind: 'dicom', name, bytes: make(), problems: [] };
  } catch (error) {
    const { code, retryable } = (error ?? {}) as { code?: unknown; retryable?: unknown };
    if (!(error instanceof Error) || typeof code !== 'string' || retryable !== false) throw error;
    return { kind: 'dicom', name, bytes: Buffer.alloc(0), problems: [`${code}: ${error.message}`] };
  }
}
