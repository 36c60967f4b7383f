import { type Outline, type PointLps } from '@endplate/findings';
import { type CodedConcept } from '../../code/coded-concept';
import { CODE } from '../../code/concept';
import { UNIT } from '../../code/unit';
import {
  code,
  container,
  type ContentItem,
  num,
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
  /** The region as a segment with its source, in the place of a graphic. */
  readonly region?: readonly ContentItem[];
  /** Measurements and evaluations. */
  readonly items: readonly ContentItem[];
}

/** The templates that a measurement group may follow. */
export type GroupTemplate = '1410' | '1411' | '1501';

/** The graphic of a group, and the area that it encloses. */
export interface GroupGraphic {
  readonly kind: CoordinateKind;
  readonly item: ContentItem;
  readonly areaMm2: number;
}

/**
 * Tracking identifier by which viewers on Cornerstone know a closed outline as one of their own tools and make it
 * editable. They look for the outline under the first measurement and take that number for its area.
 */
const VIEWER_TOOL = 'Cornerstone3DTools@^0.1.0:PlanarFreehandROI';

/**
 * A measurement group with at most one graphic, as viewers that take up graphics need it. With an outline on an image the
 * tracking identifier names the viewer's tool and the structure's name stands in a comment; other groups keep the name.
 */
export function measurementGroup(
  input: MeasurementGroupInput,
  template: GroupTemplate,
  graphic: GroupGraphic | undefined,
): ContentItem {
  const drawn = graphic?.kind === 'image' ? graphic : undefined;
  const modifier = input.topographicalModifier;
  return container(
    CODE.measurementGroup,
    [
      text('HAS OBS CONTEXT', CODE.trackingIdentifier, drawn ? VIEWER_TOOL : input.trackingIdentifier),
      uidRef('HAS OBS CONTEXT', CODE.trackingUniqueIdentifier, input.trackingUID),
      code('CONTAINS', CODE.finding, input.finding),
      code('HAS CONCEPT MOD', CODE.findingSite, input.findingSite, [
        ...(modifier ? [code('HAS CONCEPT MOD', CODE.topographicalModifier, modifier)] : []),
      ]),
      ...(drawn ? [text('CONTAINS', CODE.comment, input.trackingIdentifier)] : []),
      ...(graphic ? [graphic.item] : (input.region ?? [])),
      ...(drawn ? withArea(input.items, drawn) : input.items),
    ],
    { templateId: template },
  );
}

/** The first outline that lies on a source image, else the first in space where the SOP class takes it, else none. */
export function graphicOf(outlines: readonly Outline[], coordinates: CoordinateKind): GroupGraphic | undefined {
  const onImage = outlines.find((outline) => outline.image !== undefined);
  if (onImage?.image) {
    const { points, reference } = onImage.image;
    const areaMm2 = planarArea(onImage.pointsLps);
    return { kind: 'image', item: polygonOnImage(CODE.imageRegion, points, reference), areaMm2 };
  }
  const inSpace = outlines.find((outline) => outline.frameOfReferenceUID !== undefined);
  if (coordinates !== 'space' || inSpace?.frameOfReferenceUID === undefined) return undefined;
  return {
    kind: 'space',
    item: polygonInSpace(CODE.imageRegion, inSpace.pointsLps, inSpace.frameOfReferenceUID),
    areaMm2: planarArea(inSpace.pointsLps),
  };
}

/** The area comes first, inferred from the outline: that of the finding where it has one, else that of the outline. */
function withArea(items: readonly ContentItem[], { item, areaMm2 }: GroupGraphic): readonly ContentItem[] {
  const measured = items.find(({ valueType, name }) => valueType === 'NUM' && name === CODE.area);
  const area = measured ?? num('CONTAINS', CODE.area, areaMm2, UNIT.mm2);
  const source: ContentItem = { ...item, relationship: 'INFERRED FROM' };
  return [{ ...area, children: [...area.children, source] }, ...items.filter((one) => one !== measured)];
}

/** Area of a closed planar line in space, mm2 (Newell's normal). */
function planarArea(points: readonly PointLps[]): number {
  let [x, y, z] = [0, 0, 0];
  points.forEach(([ax, ay, az], n) => {
    const [bx, by, bz] = points[(n + 1) % points.length]!;
    x += ay * bz - az * by;
    y += az * bx - ax * bz;
    z += ax * by - ay * bx;
  });
  return Math.hypot(x, y, z) / 2;
}
