import { fill, h } from './dom.js';
import { count, deliveryState, MODIC_WORDS, RUNG_WORDS, RUNGS, shortUid, studyState, when } from './format.js';

const kindOf = (study) => studyState(study.state, study.deliveries)[1];
const FILTERS = [
  ['all', 'All', () => true],
  ['work', 'In work', (study) => kindOf(study) === 'moving'],
  ['attention', 'Needs a look', (study) => ['attention', 'bad'].includes(kindOf(study))],
  ['findings', 'With findings', (study) => findingsOf(study).length > 0],
];

let filter = 'all';
let latest = { studies: [], total: 0, unreadable: 0 };
let selected;

/** Draws the worklist. @param {string | undefined} open Study Instance UID of the study that is open */
export function drawWorklist(worklist, open) {
  [latest, selected] = [worklist, open];
  const [, , keep] = FILTERS.find(([name]) => name === filter);
  const shown = worklist.studies.filter(keep);
  fill(document.getElementById('filters'), ...FILTERS.map(filterButton));
  const rows = shown.map(row);
  fill(document.getElementById('rows'), ...(rows.length > 0 ? rows : [h('li.empty', {}, emptyText())]));
  document.getElementById('rows-note').textContent = noteOf(worklist);
}

/** Moves the focus along the rows. @param {1 | -1} step */
export function moveInList(step) {
  const rows = [...document.querySelectorAll('#rows .row')];
  const at = rows.findIndex((one) => one === document.activeElement);
  const from = at >= 0 ? at : rows.findIndex((one) => one.hasAttribute('aria-current'));
  rows[Math.min(Math.max(from + step, 0), rows.length - 1)]?.focus();
}

function filterButton([name, label, keep]) {
  const many = latest.studies.filter(keep).length;
  const pressed = String(filter === name);
  const button = h('button', { type: 'button', 'aria-pressed': pressed, 'data-key': name }, `${label} ${many}`);
  button.addEventListener('click', () => {
    filter = name;
    drawWorklist(latest, selected);
  });
  return button;
}

function row(study) {
  const { studyInstanceUID, deliveries, lastInstanceAt } = study;
  const [words, kind] = studyState(study.state, deliveries);
  const current = studyInstanceUID === selected ? 'true' : undefined;
  const href = `#/study/${studyInstanceUID}`;
  const link = h(
    'a.row',
    { href, 'aria-current': current, 'data-key': studyInstanceUID },
    h(
      'div.row-top',
      {},
      h('span.modality', {}, study.summary?.modalities.join(' + ') ?? '–'),
      h('span.uid', { title: studyInstanceUID }, shortUid(studyInstanceUID)),
      lastInstanceAt && h('time', { datetime: lastInstanceAt }, when(lastInstanceAt)),
    ),
    h('p.row-says', {}, h('span.state', { 'data-kind': kind }, words)),
    h('p.row-says', {}, ...says(study)),
    ...deliveries.map(ladder),
  );
  return h('li', {}, link);
}

function says(study) {
  if (study.outcome?.status === 'not-analysed') return [study.outcome.reason.text];
  if (!study.summary) return [`${count(study.instances, 'image')} in ${study.series} series`];
  const found = findingsOf(study);
  if (found.length > 0) return [h('span.found', {}, found.join('; '))];
  return [`${count(study.summary.discs, 'disc')}; ${quietWords(study.summary)}`];
}

function quietWords({ calcified, modic }) {
  if (calcified && modic) return 'no calcification, no Modic change';
  if (calcified) return 'no calcification';
  return modic ? 'no Modic change' : 'heights only';
}

function findingsOf({ summary }) {
  if (!summary) return [];
  const calcified = summary.calcified?.length ? [`Calcification ${summary.calcified.join(', ')}`] : [];
  const modic = (summary.modic ?? []).map(({ endplate, type }) => `Modic ${MODIC_WORDS[type]} ${endplate}`);
  return [...calcified, ...modic];
}

function ladder({ destination, state, rung }) {
  const [words, kind] = deliveryState(state);
  const reached = rung === undefined ? -1 : RUNGS.indexOf(rung === 'committed' ? 'sent' : rung);
  const pips = RUNGS.map((_, n) => h('span.pip', { 'data-on': n <= reached }));
  const step = rung === undefined ? '' : RUNG_WORDS[rung];
  return h(
    'div.ladder',
    { 'data-kind': kind },
    h('span.to', {}, destination),
    h('span.pips', { 'aria-hidden': 'true' }, ...pips),
    h('span', {}, kind === 'moving' && step ? step : words),
  );
}

function emptyText() {
  if (latest.studies.length > 0) return 'No study of this kind.';
  return 'No study yet. Send one to the DICOM listener, for example with "endplate send DIR --to ENDPLATE@127.0.0.1:11112".';
}

function noteOf({ studies, total, unreadable }) {
  const notes = [];
  if (total > studies.length + unreadable) notes.push(`${studies.length} of ${total} studies are listed.`);
  if (unreadable > 0) notes.push(`The records of ${unreadable} can't be read.`);
  return notes.join(' ');
}
