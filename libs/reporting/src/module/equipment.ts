import { type NaturalDataset } from '@endplate/dicom';
import { CODE } from '../code/concept';
import { type ReportContext } from '../report-context';
import { codeItem } from '../sr/content/content-item';

/** What the intended use is, wherever an object has a place for it. */
export const INTENDED_USE = 'Research and triage only. Not a diagnosis.';

/** General Equipment, and Contributing Equipment with its purpose. @standard PS3.3 C.7.5.1, PS3.3 C.12.1 */
export function equipmentModules(context: ReportContext): NaturalDataset {
  const own = {
    Manufacturer: context.manufacturer,
    ManufacturerModelName: context.manufacturerModelName,
    SoftwareVersions: context.softwareVersion,
  };
  return {
    ...own,
    ContributingEquipmentSequence: [
      {
        ...own,
        PurposeOfReferenceCodeSequence: [codeItem(CODE.processingEquipment)],
        ContributionDescription: `Measurement of discs and endplates. ${INTENDED_USE}`,
      },
    ],
  };
}
