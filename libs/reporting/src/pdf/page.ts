/** A4 in points, with the box that holds everything. */
export const PAGE = { width: 595, height: 842, left: 40, right: 555, bottom: 790 } as const;

/** Colours of the page: it is printed as well as read. */
export const PAPER = {
  background: '#ffffff',
  text: '#15181d',
  muted: '#5d6673',
  rule: '#c9ced6',
  positive: '#fff3d6',
  warning: '#a35200',
} as const;
