import { fill, h } from './dom.js';
import { fixed, MODIC_WORDS, shortUid } from './format.js';

const ROLES = ['radiologist', 'physician', 'radiographer'];
const NOT_ASSESSABLE = ['not-assessable', 'not assessable'];

/**
 * The form in which a reader corrects the latest version. Drawn once: nothing is typed away by a refresh.
 * @param {string} uid
 * @param {object} findings of that version
 */
export function drawCorrection(uid, findings) {
  const { version } = findings;
  const calcifications = rowsOf(findings.discs, ({ calcification }) => calcification).map(calcificationRow);
  const changes = rowsOf(findings.endplates, ({ modic }) => modic).map(modicRow);
  const role = h(
    'select',
    { id: 'role', required: true, 'data-key': 'role' },
    h('option', { value: '' }, 'Choose'),
    ...ROLES.map((one) => h('option', { value: one }, one)),
  );
  const remark = h('textarea', { id: 'remark', rows: '3', maxlength: '500' });
  const note = h('p.outcome', { role: 'status' });
  const send = h('button.retry', { type: 'submit' }, 'Make the corrected version');
  const form = h(
    'form.correct',
    {},
    choices('Calcification', 'no disc was assessed', calcifications),
    choices('Modic change', 'no endplate was assessed', changes),
    h(
      'div.fields',
      {},
      h('label', { for: 'remark' }, 'Remark for the report, no patient data (optional)'),
      remark,
      h('label', { for: 'role' }, 'Corrected by a'),
      role,
    ),
    h('p.quiet', {}, `Version ${version} stays as it is. A further version with its own report is made and sent, which names version ${version} as the one before.`),
    h('div.end', {}, send, h('a.cancel', { href: `#/study/${uid}/${version}` }, 'Cancel'), note),
  ); // prettier-ignore
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const body = {
      authorRole: role.value,
      discs: calcifications.flatMap(({ edit }) => edit() ?? []),
      endplates: changes.flatMap(({ edit }) => edit() ?? []),
      ...(remark.value.trim() ? { remark: remark.value.trim() } : {}),
    };
    send.disabled = true;
    note.removeAttribute('data-kind');
    note.textContent = 'Asking';
    const answer = await post(`/api/studies/${uid}/versions/${version}/correction`, body).catch(() => ({ failure: 'No connection' })); // prettier-ignore
    if (answer.failure === undefined) {
      location.hash = `#/study/${uid}/${answer.version}`;
      return;
    }
    send.disabled = false;
    note.setAttribute('data-kind', 'bad');
    note.textContent = answer.failure;
  });
  fill(
    document.getElementById('study'),
    h('div.title', {}, h('h2', {}, `Correct version ${version}`), h('span.uid', { title: uid }, shortUid(uid))),
    form,
  );
}

/** Cranial first, those that have a value alone: what was not assessed has nothing to correct. */
function rowsOf(structures, assessmentOf) {
  return [...structures].reverse().flatMap((structure) => {
    const assessment = assessmentOf(structure);
    return assessment.status === 'assessed' ? [{ structure, value: assessment.value }] : [];
  });
}

function calcificationRow({ structure: { id, level, ordinal }, value }) {
  const name = level ?? `No. ${ordinal} from below`;
  const now = value.present ? `${fixed(value.volumeMm3, 0)} mm³` : 'none';
  const volume = h('input', { type: 'number', min: '0.1', step: 'any', 'aria-label': `Volume of ${name}, mm³` });
  const measure = h('span.measure', { hidden: true }, volume, ' mm³');
  const select = picker(`Calcification of ${name}`, id, [['absent', 'none'], ['present', 'present'], NOT_ASSESSABLE]);
  select.addEventListener('change', () => {
    measure.hidden = select.value !== 'present';
    volume.required = select.value === 'present';
  });
  const edit = () => {
    if (select.value === '') return undefined;
    return { id, calcification: select.value === 'present' ? { volumeMm3: Number(volume.value) } : select.value };
  };
  return { cells: [name, now, [select, measure]], edit };
}

function modicRow({ structure: { id, vertebraLevel, position, vertebraId }, value }) {
  const name = `${vertebraLevel ?? vertebraId} ${position}`;
  const words = Object.entries(MODIC_WORDS);
  const select = picker(`Modic change of ${name}`, id, [...words, NOT_ASSESSABLE]);
  const edit = () => (select.value === '' ? undefined : { id, modic: select.value });
  return { cells: [name, MODIC_WORDS[value.type], [select]], edit };
}

function picker(label, id, options) {
  const kept = h('option', { value: '' }, 'as it is');
  const rest = options.map(([value, words]) => h('option', { value }, words));
  return h('select', { 'aria-label': label, name: id }, kept, ...rest);
}

function choices(title, none, rows) {
  if (rows.length === 0) return h('p.quiet', {}, `${title}: ${none}, so there is nothing to correct.`);
  const heads = [title, 'Now', 'Corrected'].map((text) => h('th', { scope: 'col' }, text));
  const row = ({ cells: [name, now, inputs] }) =>
    h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, now), h('td', {}, ...inputs));
  return h('table', {}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...rows.map(row)));
}

async function post(path, body) {
  const headers = { 'X-Endplate-Action': 'correct', 'Content-Type': 'application/json' };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  const isJson = response.headers.get('Content-Type')?.includes('json');
  const answer = isJson ? await response.json() : {};
  return response.ok ? answer : { failure: answer.detail ?? answer.title ?? `HTTP ${response.status}` };
}
