import { type KeyOutlineKind } from '@endplate/findings';

/** How an outline is drawn; colours stay apart for readers with colour blindness (Okabe and Ito 2008, lightened for black). */
export interface OutlineStyle {
  readonly stroke: string;
  /** Lesions are tinted, structures are not. */
  readonly fill?: string;
  readonly width: number;
}

/** Style of every kind, in the order in which they are drawn: lesions lie on top. */
export const OUTLINE_STYLE: Readonly<Record<KeyOutlineKind, OutlineStyle>> = {
  canal: { stroke: 'rgba(150, 160, 175, 0.55)', width: 1 },
  sacrum: { stroke: 'rgba(150, 185, 225, 0.8)', width: 1.25 },
  'vertebral-body': { stroke: 'rgba(150, 185, 225, 0.8)', width: 1.25 },
  disc: { stroke: 'rgba(79, 214, 201, 0.95)', width: 1.5 },
  'modic-2': { stroke: '#f0e442', fill: 'rgba(240, 228, 66, 0.16)', width: 1.5 },
  'modic-3-possible': { stroke: '#cc9bff', fill: 'rgba(204, 155, 255, 0.16)', width: 1.5 },
  'modic-1': { stroke: '#ff7f50', fill: 'rgba(255, 127, 80, 0.16)', width: 1.5 },
  'modic-mixed': { stroke: '#ff5fa2', fill: 'rgba(255, 95, 162, 0.16)', width: 1.5 },
  vacuum: { stroke: '#b48cff', fill: 'rgba(180, 140, 255, 0.18)', width: 1.5 },
  calcification: { stroke: '#ffb000', fill: 'rgba(255, 176, 0, 0.22)', width: 1.5 },
};

/** Colours of everything that is no outline: a dark room, so nothing is brighter than the image needs. */
export const INK = {
  background: '#08090b',
  frame: '#20242b',
  title: '#e8ebf0',
  text: '#c3c9d3',
  muted: '#828b99',
  leader: 'rgba(79, 214, 201, 0.45)',
  halo: 'rgba(0, 0, 0, 0.85)',
  label: '#f2f5f9',
  warning: '#ffb000',
} as const;
