import { delivery } from './delivery.js';
import { fill, h } from './dom.js';
import { findingsTable } from './findings.js';
import { clock, count, day, fixed, shortUid, studyState, when } from './format.js';
import { sentence } from './timeline.js';

/** What is shown where no study is open. */
export function drawNoStudy(text = 'Choose a study of the worklist. Arrow keys move, Enter opens.') {
  fill(document.getElementById('study'), h('p.empty', {}, text));
}

/**
 * Draws one study.
 * @param {object} study the answer of /api/studies/UID
 * @param {number | undefined} chosen version to show; the latest when absent
 * @param {object | undefined} findings of that version
 */
export function drawStudy(study, chosen, findings) {
  const version = study.versions.find((one) => one.version === chosen) ?? study.versions[0];
  fill(
    document.getElementById('study'),
    h('a.back', { href: '#/' }, 'Back to the worklist'),
    ...head(study, version, findings),
    ...(version ? versionBlocks(study, version, findings) : []),
    h(
      'div.pair',
      {},
      h(
        'div',
        {},
        ...(version ? deliveryBlocks(study, version) : []),
        findings && block('Made by', provenance(findings)),
      ),
      block('Timeline', timeline(study.events)),
    ),
  );
}

function head(study, version, findings) {
  const [words, kind] = studyState(version?.state ?? study.state, version?.deliveries);
  const modalities = new Set((findings?.series ?? []).filter(({ used }) => used).map(({ modality }) => modality));
  const name = `${[...modalities].join(' + ')} study ${shortUid(study.studyInstanceUID)}`.trim();
  const facts = [`${count(study.instances, 'image')} in ${study.series} series`];
  if (study.firstInstanceAt) facts.push(`received ${when(study.firstInstanceAt)}`);
  if (study.hasLateInstances) facts.push('more images came since; a new version follows');
  return [
    h(
      'div.title',
      {},
      h('h2', {}, name.charAt(0).toUpperCase() + name.slice(1)),
      h('span.state', { 'data-kind': kind }, words),
      h('span.uid', {}, study.studyInstanceUID),
    ),
    h('p.facts', {}, `${facts.join(', ')}.`),
    study.versions.length > 1 &&
      h('nav.tabs', { 'aria-label': 'Versions' }, ...study.versions.map((one) => tab(study, one, version))),
  ].filter(Boolean);
}

function tab({ studyInstanceUID }, { version }, open) {
  const current = version === open?.version ? 'page' : undefined;
  const href = `#/study/${studyInstanceUID}/${version}`;
  return h('a', { href, 'aria-current': current, 'data-key': `version-${version}` }, `Version ${version}`);
}

function versionBlocks(study, version, findings) {
  const blocks = [];
  if (version.outcome?.status === 'not-analysed') {
    blocks.push(h('p.callout', {}, `Not analysed, because: ${version.outcome.reason.text} No report was made.`));
  }
  if (!version.outcome && version.state === 'failed') {
    blocks.push(
      h('p.callout', { 'data-kind': 'bad' }, 'The analysis was given up. The timeline has the code, the log the rest.'),
    );
  }
  for (const { object, problems } of version.quarantined) {
    const text = `${object} failed validation, was put aside and will not be sent: ${problems.join('; ')}`;
    blocks.push(h('p.callout', { 'data-kind': 'bad' }, text));
  }
  if (findings?.outcome.status === 'analysed') {
    const latest = version === study.versions[0];
    blocks.push(block('Findings per disc', ...findingsTable(findings), latest && correctLink(study, version)));
  }
  if (version.keyImages.length > 0) blocks.push(block('Key images', pictures(study, version, findings)));
  if (findings && findings.series.length > 0) blocks.push(block('Series', seriesTable(findings.series)));
  return blocks;
}

/** The latest version can be corrected; a reader of an earlier one has not seen what came after it. */
function correctLink({ studyInstanceUID }, { version }) {
  const href = `#/study/${studyInstanceUID}/${version}/correct`;
  return h('p', {}, h('a.to-correct', { href, 'data-key': 'correct' }, 'Correct these findings'));
}

function deliveryBlocks({ studyInstanceUID }, { version, deliveries }) {
  const rows = deliveries.map((one) => delivery(one, { studyInstanceUID, version }));
  return rows.length > 0 ? [block('Delivery', ...rows)] : [];
}

function block(title, ...children) {
  return h('section.block', {}, h('h3', {}, title), ...children);
}

function pictures({ studyInstanceUID }, { version, keyImages }, findings) {
  const one = (name) => {
    const src = `/api/studies/${studyInstanceUID}/versions/${version}/key-images/${encodeURIComponent(name)}`;
    const words = pictureWords(name, findings);
    const link = h(
      'a',
      { href: src, target: '_blank', rel: 'noopener', 'data-key': name },
      h('img', { src, alt: `Key image: ${words}`, loading: 'lazy' }),
    );
    return h('figure', {}, link, h('figcaption', {}, words));
  };
  return h('div.pictures', {}, ...keyImages.map(one));
}

/** `01-overview`, `02-disc-3`: in words, a disc by its level. */
function pictureWords(name, findings) {
  const what = name.replace(/^[0-9]+-/, '');
  const level = findings?.discs.find(({ id }) => id === what)?.level;
  return level ? `Disc ${level}` : what.charAt(0).toUpperCase() + what.slice(1).replaceAll('-', ' ');
}

function seriesTable(series) {
  const row = ({ modality, role, used, reason, spacingMm, instances }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, modality),
      h('td', {}, role),
      h('td', {}, String(instances.length)),
      h(
        'td',
        {},
        spacingMm
          ? `${fixed(spacingMm.row, 2)} × ${fixed(spacingMm.column, 2)} × ${fixed(spacingMm.slice, 1)} mm`
          : '–',
      ),
      h('td', {}, used ? 'measured' : h('span.quiet', {}, `not used, because: ${reason?.text ?? 'not needed'}`)),
    );
  const heads = ['Modality', 'Taken for', 'Images', 'Spacing', 'Use'].map((text) => h('th', { scope: 'col' }, text));
  return h('div.scroll', {}, h('table', {}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...series.map(row))));
}

function timeline(events) {
  const items = [];
  let last;
  for (const event of [...events].reverse()) {
    if (day(event.at) !== last) items.push(h('li.day', {}, day(event.at)));
    last = day(event.at);
    const [words, rest] = sentence(event);
    items.push(
      h(
        'li',
        {},
        h('time', { datetime: event.at }, clock(event.at)),
        h('span', {}, words, rest && h('span.quiet', {}, rest)),
      ),
    );
  }
  return items.length > 0 ? h('ol.timeline', {}, ...items) : h('p.quiet', {}, 'Nothing has happened yet.');
}

function provenance({ software, model, thresholdsVersion, createdAt, labelling }) {
  const rows = [
    ['Software', `${software.name} ${software.version}`],
    ['Network', `${model.name} ${model.version}, sha256 ${model.sha256.slice(0, 16)}`],
    ['Thresholds', thresholdsVersion],
    ['Version made', `${day(createdAt)}, ${clock(createdAt)}`],
  ];
  if (labelling)
    rows.push([
      'Level names',
      labelling.anchored ? `from the sacrum, gap to the second best ${fixed(labelling.gap, 2)}` : 'withheld',
    ]);
  return h('dl.provenance', {}, ...rows.flatMap(([term, text]) => [h('dt', {}, term), h('dd', {}, text)]));
}
