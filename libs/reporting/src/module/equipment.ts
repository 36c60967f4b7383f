import { type NaturalDataset } from '@endplate/dicom';
import { CODE } from '../code/concept';
import { type ReportContext } from '../report-context';
import { reportText } from '../text/report-text';
import { codeItem } from '../sr/content/content-item';

/** General Equipment, and Contributing Equipment with its purpose. @standard PS3.3 C.7.5.1, PS3.3 C.12.1 */
export function equipmentModules(context: ReportContext): NaturalDataset {
  const words = reportText(context.language);
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
        ContributionDescription: words.say('join.note', {
          what: words.say('object.contribution'),
          use: words.say('use.intended'),
        }),
      },
    ],
  };
}
