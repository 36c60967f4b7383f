import { deriveUid } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { CODE } from '../../code/coded-concept';
import { type ReportContext } from '../../report-context';
import { code, codeItem, container, type ContentItem, image, text, uidRef } from '../content/content-item';
import { type CoordinateKind, discGroup, endplateGroup } from './measurement-group';

/** Root content item of the report as top-level attributes. @standard PS3.16 TID 1500 */
export function measurementReport(
  findings: StudyFindings,
  context: ReportContext,
  coordinates: CoordinateKind,
): ContentItem {
  const used = findings.series.filter((series) => series.used);
  const procedures = [...new Set(used.map((series) => series.modality))];
  return {
    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: [codeItem(CODE.measurementReport)],
    ContinuityOfContent: 'SEPARATE',
    ContentTemplateSequence: [
      { MappingResource: 'DCMR', MappingResourceUID: '1.2.840.10008.8.1.1', TemplateIdentifier: '1500' },
    ],
    ContentSequence: [
      code('HAS CONCEPT MOD', CODE.language, CODE.english),
      ...observerContext(context),
      ...procedures.map((modality) =>
        code('HAS CONCEPT MOD', CODE.procedureReported, modality === 'CT' ? CODE.ctUnspecified : CODE.mrUnspecified),
      ),
      container(
        CODE.imageLibrary,
        used.map((series) =>
          container(
            CODE.imageLibraryGroup,
            series.instances.map((instance) => image('CONTAINS', instance)),
          ),
        ),
      ),
      container(CODE.imagingMeasurements, [
        ...findings.discs.map((disc) => discGroup(findings, disc, coordinates)),
        ...findings.endplates.map((endplate) => endplateGroup(findings, endplate, coordinates)),
      ]),
      remarks(findings),
    ],
  };
}

/** @standard PS3.16 TID 1001, PS3.16 TID 1004 */
function observerContext(context: ReportContext): ContentItem[] {
  return [
    code('HAS OBS CONTEXT', CODE.observerType, CODE.device),
    uidRef(
      'HAS OBS CONTEXT',
      CODE.deviceObserverUID,
      deriveUid('device', context.manufacturer, context.manufacturerModelName),
    ),
    text('HAS OBS CONTEXT', CODE.deviceObserverName, context.manufacturerModelName),
    text('HAS OBS CONTEXT', CODE.deviceObserverManufacturer, context.manufacturer),
    text(
      'HAS OBS CONTEXT',
      CODE.deviceObserverModelName,
      `${context.manufacturerModelName} ${context.softwareVersion}`,
    ),
  ];
}

/** Intended use, how levels were named, and what a reader must see. */
function remarks(findings: StudyFindings): ContentItem {
  const labelling = findings.labelling;
  const lines = [
    findings.intendedUse,
    ...(labelling?.reason ? [`Level names withheld: ${labelling.reason.text}`] : []),
    ...findings.remarks,
  ];
  return container(
    { value: 'EP0005', scheme: '99ENDPLATE', meaning: 'Remarks' },
    lines.map((line) => text('CONTAINS', CODE.comment, line)),
  );
}
