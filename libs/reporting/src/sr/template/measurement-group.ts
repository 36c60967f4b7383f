import { deriveUid } from '@endplate/dicom';
import { type DiscFinding, type EndplateFinding, type Outline, type StudyFindings } from '@endplate/findings';
import { discSite, vertebraSite } from '../../code/anatomy-code';
import { CODE, type CodedConcept, PRIVATE } from '../../code/coded-concept';
import {
  code,
  container,
  type ContentItem,
  image,
  polygonInSpace,
  polygonOnImage,
  text,
  uidRef,
} from '../content/content-item';
import { discItems, modicItems } from './measurement';

/** Which coordinates a profile may carry: 3D SR takes both, Comprehensive SR only those on an image. */
export type CoordinateKind = 'space' | 'image';

/** Measurement group of one disc. @standard PS3.16 TID 1410, PS3.16 TID 1501 */
export function discGroup(findings: StudyFindings, disc: DiscFinding, coordinates: CoordinateKind): ContentItem {
  const name = disc.level ?? `disc ${disc.ordinal} from the lowest`;
  return container(CODE.measurementGroup, [
    ...tracking(findings, `Disc ${name}`, disc.level ?? disc.id),
    code('CONTAINS', CODE.finding, PRIVATE.discAssessment),
    code('HAS CONCEPT MOD', CODE.findingSite, discSite(disc.level)),
    ...algorithm(findings),
    ...region(findings, disc.outlines, disc.seriesInstanceUID, coordinates),
    ...discItems(disc),
  ]);
}

/** Measurement group of one endplate. @standard PS3.16 TID 1410, PS3.16 TID 1501 */
export function endplateGroup(
  findings: StudyFindings,
  endplate: EndplateFinding,
  coordinates: CoordinateKind,
): ContentItem {
  const outlines = endplate.modic.status === 'assessed' ? endplate.modic.value.outlines : [];
  const name = endplate.vertebraLevel ?? endplate.vertebraId;
  return container(CODE.measurementGroup, [
    ...tracking(
      findings,
      `Endplate ${name} ${endplate.position}`,
      `${endplate.vertebraLevel ?? endplate.vertebraId}-${endplate.position}`,
    ),
    code('CONTAINS', CODE.finding, PRIVATE.endplateAssessment),
    code('HAS CONCEPT MOD', CODE.findingSite, vertebraSite(endplate.vertebraLevel), [
      code(
        'HAS CONCEPT MOD',
        CODE.topographicalModifier,
        endplate.position === 'superior' ? CODE.superior : CODE.inferior,
      ),
    ]),
    ...algorithm(findings),
    ...region(findings, outlines, undefined, coordinates),
    ...modicItems(endplate.modic),
  ]);
}

/** Stable over versions: the UID hangs on the study and the structure, not on the version. */
function tracking(findings: StudyFindings, identifier: string, key: string): ContentItem[] {
  return [
    text('HAS OBS CONTEXT', CODE.trackingIdentifier, identifier),
    uidRef('HAS OBS CONTEXT', CODE.trackingUniqueIdentifier, deriveUid('tracking', findings.studyInstanceUID, key)),
  ];
}

/** @standard PS3.16 TID 4019 */
function algorithm(findings: StudyFindings): ContentItem[] {
  const parameters = [
    `model ${findings.model.name} ${findings.model.version} sha256 ${findings.model.sha256}`,
    `thresholds ${findings.thresholdsVersion}`,
  ];
  return [
    text('HAS CONCEPT MOD', CODE.algorithmName, findings.software.name),
    text('HAS CONCEPT MOD', CODE.algorithmVersion, findings.software.version),
    ...parameters.map((parameter) => text('HAS CONCEPT MOD', CODE.algorithmParameters, parameter)),
  ];
}

/** One graphic per group: the first outline that the profile can carry; else an image of the series. */
function region(
  findings: StudyFindings,
  outlines: readonly Outline[],
  seriesInstanceUID: string | undefined,
  coordinates: CoordinateKind,
): ContentItem[] {
  const onImage = outlines.find((outline) => outline.image !== undefined)?.image;
  const inSpace = outlines.find((outline) => outline.frameOfReferenceUID !== undefined);
  if (onImage) return [polygonOnImage(CODE.imageRegion, onImage.points, onImage.reference)];
  if (coordinates === 'space' && inSpace?.frameOfReferenceUID) {
    return [polygonInSpace(CODE.imageRegion, inSpace.pointsLps, inSpace.frameOfReferenceUID)];
  }
  const instances = findings.series.find((s) => s.seriesInstanceUID === seriesInstanceUID)?.instances ?? [];
  const middle = instances[Math.floor(instances.length / 2)];
  return middle ? [sourceImage(CODE.imageRegion, middle)] : [];
}

function sourceImage(_name: CodedConcept, reference: { sopClassUID: string; sopInstanceUID: string }): ContentItem {
  return image('CONTAINS', reference);
}
