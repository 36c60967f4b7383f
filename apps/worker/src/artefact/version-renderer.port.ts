import { type KernelResult } from '@endplate/kernel';

/** One object made from a version's findings. */
export type RenderedArtefact =
  | {
      readonly kind: 'dicom';
      /** Name below `reports/`, without `.dcm`. */
      readonly name: string;
      /** Empty where it could not be made at all. */
      readonly bytes: Buffer;
      /** What validation found, or why it could not be made; with any of it the object is put aside and never sent. */
      readonly problems: readonly string[];
    }
  /** A report in another form; `name` is its file name below `reports/`. */
  | {
      readonly kind: 'message';
      readonly name: 'report.fhir.json' | 'report.hl7';
      readonly bytes: Buffer;
      readonly contentType: string;
    }
  /** A picture for the console. */
  | { readonly kind: 'png'; readonly name: string; readonly bytes: Buffer };

/** Makes the objects of a version, one at a time. The same input gives the same objects. */
export interface VersionRenderer {
  /** @param source - Part 10 bytes of one of the images: patient and study attributes are copied from it */
  render(result: KernelResult, source: Buffer): AsyncIterable<RenderedArtefact> | Iterable<RenderedArtefact>;
}
