import { type Outline } from '@endplate/findings';
import { type CodedConcept } from '../../code/coded-concept';
import { CODE } from '../../code/concept';
import {
  code,
  container,
  type ContentItem,
  polygonInSpace,
  polygonOnImage,
  text,
  uidRef,
} from '../content/content-item';

/** Which coordinates a SOP class may carry: Comprehensive 3D SR those on an image and those in space. */
export type CoordinateKind = 'space' | 'image';

/** What every measurement group holds. */
export interface MeasurementGroupInput {
  readonly trackingIdentifier: string;
  readonly trackingUID: string;
  readonly finding: CodedConcept;
  readonly findingSite: CodedConcept;
  readonly topographicalModifier?: CodedConcept;
  /** Measurements and evaluations. */
  readonly items: readonly ContentItem[];
}

/** The templates that a measurement group may follow. */
export type GroupTemplate = '1410' | '1411' | '1501';

/** A measurement group with at most one graphic, as viewers that take up graphics need it. */
export function measurementGroup(
  input: MeasurementGroupInput,
  template: GroupTemplate,
  graphic: ContentItem | undefined,
): ContentItem {
  const modifier = input.topographicalModifier;
  return container(
    CODE.measurementGroup,
    [
      text('HAS OBS CONTEXT', CODE.trackingIdentifier, input.trackingIdentifier),
      uidRef('HAS OBS CONTEXT', CODE.trackingUniqueIdentifier, input.trackingUID),
      code('CONTAINS', CODE.finding, input.finding),
      code('HAS CONCEPT MOD', CODE.findingSite, input.findingSite, [
        ...(modifier ? [code('HAS CONCEPT MOD', CODE.topographicalModifier, modifier)] : []),
      ]),
      ...(graphic ? [graphic] : []),
      ...input.items,
    ],
    { templateId: template },
  );
}

/** The first outline that lies on a source image, else the first in space where the SOP class takes it, else none. */
export function graphicOf(
  outlines: readonly Outline[],
  coordinates: CoordinateKind,
): { readonly kind: CoordinateKind; readonly item: ContentItem } | undefined {
  const onImage = outlines.find((outline) => outline.image !== undefined)?.image;
  if (onImage) {
    return { kind: 'image', item: polygonOnImage(CODE.imageRegion, onImage.points, onImage.reference) };
  }
  const inSpace = outlines.find((outline) => outline.frameOfReferenceUID !== undefined);
  if (coordinates !== 'space' || inSpace?.frameOfReferenceUID === undefined) return undefined;
  return {
    kind: 'space',
    item: polygonInSpace(CODE.imageRegion, inSpace.pointsLps, inSpace.frameOfReferenceUID),
  };
}
