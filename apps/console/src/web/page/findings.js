import { h } from './dom.js';
import { fixed, MODIC_WORDS } from './format.js';

/** A study without endplates to look at: its remarks say why. */
const NO_SUCH_STRUCTURE = 'NONE';

const plain = (text) => ({ text });
const found = (text) => ({ text, found: true });

/** Columns of the table, what a reader looks for first; `of` gives the assessment of a disc, `show` the words of its value. */
const COLUMNS = [
  {
    head: 'Calcification',
    of: ({ disc }) => disc.calcification,
    show: (v) =>
      v.present ? found(`${fixed(v.volumeMm3, 0)} mm³, ${fixed(v.percentOfDisc)} % of disc`) : plain('none'),
  },
  {
    head: 'Gas',
    of: ({ disc }) => disc.vacuum,
    show: (v) => (v.present ? found(`${fixed(v.volumeMm3, 0)} mm³`) : plain('none')),
  },
  {
    head: 'T2 signal',
    sub: 'Pfirrmann-like',
    of: ({ disc }) => disc.signal,
    show: (v) => plain(`${v.pfirrmannLike}, ${fixed(v.t2RatioToCsf, 2)} of CSF`),
  },
  { head: 'Modic, endplate above', of: ({ above }) => above?.modic, show: modic },
  { head: 'Modic, endplate below', of: ({ below }) => below?.modic, show: modic },
  {
    head: 'Height, mm',
    sub: 'front / middle / back',
    of: ({ disc }) => disc.heights,
    show: (v) => plain([v.anteriorMm, v.middleMm, v.posteriorMm].map((mm) => fixed(mm)).join(' / ')),
  },
  { head: 'Height index', of: ({ disc }) => disc.heightIndex, show: (v) => plain(fixed(v, 2)) },
  { head: 'Wedge', sub: 'degrees', of: ({ disc }) => disc.wedgeDeg, show: (v) => plain(fixed(v)) },
  {
    head: 'Slip',
    sub: 'mm, of endplate',
    of: ({ disc }) => disc.slip,
    show: (v) => plain(`${fixed(v.slipMm)}, ${fixed(v.percentOfEndplate, 0)} %`),
  },
];

/** The findings per disc, cranial to caudal, and why what is missing is missing. */
export function findingsTable(findings) {
  const discs = [...findings.discs].reverse().map((disc) => ({
    disc,
    // The endplate above the disc is the inferior one of the vertebra above.
    above: findings.endplates.find((one) => one.discId === disc.id && one.position === 'inferior'),
    below: findings.endplates.find((one) => one.discId === disc.id && one.position === 'superior'),
  }));
  const columns = COLUMNS.map((column) => ({ ...column, common: commonReason(discs.map(column.of)) }));
  const shown = columns.filter(({ common }) => common === undefined);
  const head = h('tr', {}, h('th', { scope: 'col' }, 'Disc'), ...shown.map(headCell));
  const body = discs.map((entry) => h('tr', {}, discCell(entry.disc), ...shown.map((column) => cell(column, entry))));
  return [h('div.scroll', {}, h('table', {}, h('thead', {}, head), h('tbody', {}, ...body))), notes(columns, findings)];
}

function headCell({ head, sub }) {
  return h('th', { scope: 'col' }, head, sub && h('span.why', {}, sub));
}

function discCell({ level, ordinal }) {
  return h('th', { scope: 'row' }, level ?? `No. ${ordinal} from below`);
}

function cell({ of, show }, entry) {
  const assessment = of(entry);
  if (!assessment) return h('td', {}, h('span.quiet', {}, 'no endplate'));
  if (assessment.status === 'not-assessed') {
    return h('td', {}, h('span.quiet', {}, 'not assessed'), h('span.why', {}, `because: ${assessment.reason.text}`));
  }
  const value = show(assessment.value);
  const low = assessment.confidence < 0.5;
  return h(
    'td',
    { title: `confidence ${fixed(assessment.confidence, 2)}` },
    h(value.found ? 'span.found' : 'span', {}, value.text),
    low && h('span.low', {}, `low confidence, ${fixed(assessment.confidence, 2)}`),
  );
}

/** The reason that all discs share, or undefined where at least one has a value or another reason. */
function commonReason(assessments) {
  const given = assessments.filter(Boolean);
  if (given.length === 0) return { code: NO_SUCH_STRUCTURE };
  if (given.some(({ status }) => status === 'assessed')) return undefined;
  const [first] = given;
  return given.every(({ reason }) => reason.text === first.reason.text) ? first.reason : undefined;
}

function modic(value) {
  if (value.type === 'none') return plain('none');
  const kind =
    value.type === 'mixed' && value.mixedOf ? `mixed, ${value.mixedOf.join(' and ')}` : MODIC_WORDS[value.type];
  return found(`${kind}, ${fixed(value.areaMm2, 0)} mm²`);
}

function notes(columns, { labelling, remarks, endplates }) {
  const items = [];
  for (const { head, common } of columns) {
    if (common && common.code !== NO_SUCH_STRUCTURE)
      items.push(h('li', {}, h('b', {}, head), ` not assessed, because: ${common.text}`));
  }
  if (labelling?.reason)
    items.push(h('li', {}, h('b', {}, 'Level names'), ` withheld, because: ${labelling.reason.text}`));
  const caveats = endplates.flatMap(({ modic: one }) => (one.status === 'assessed' ? one.value.caveats : []));
  for (const text of new Set([...caveats, ...remarks])) items.push(h('li', {}, text));
  return h('ul.reasons', {}, ...items);
}
