import { drawCorrection } from './correct.js';
import { drawNoStudy, drawStudy } from './study.js';
import { drawWorklist, moveInList } from './worklist.js';

const REFRESH_MS = 2000;

let worklist = { studies: [], total: 0, unreadable: 0 };
/** What is drawn at this moment, so that nothing is drawn twice. */
const drawn = { list: '', study: '' };
const findings = new Map();

/** @returns {{ uid?: string, version?: number, correct: boolean }} */
function route() {
  const [, uid, version, correct] = /^#\/study\/([0-9.]+)(?:\/([0-9]+)(\/correct)?)?$/.exec(location.hash) ?? [];
  return { uid, version: version === undefined ? undefined : Number(version), correct: correct !== undefined };
}

async function getJson(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' } });
  const body = await response.text();
  if (response.ok) return { body, json: JSON.parse(body) };
  const problem = response.headers.get('Content-Type')?.includes('json') ? JSON.parse(body) : {};
  throw Object.assign(new Error(problem.detail ?? problem.title ?? `HTTP ${response.status}`), {
    status: response.status,
  });
}

async function refreshList() {
  const { body, json } = await getJson('/api/studies');
  const { uid } = route();
  const state = `${uid ?? ''} ${body}`;
  if (state === drawn.list) return;
  drawn.list = state;
  worklist = json;
  drawWorklist(worklist, uid);
}

async function refreshStudy() {
  const { uid, version, correct } = route();
  document.body.toggleAttribute('data-open', uid !== undefined);
  if (uid === undefined) {
    if (drawn.study !== 'none') drawNoStudy();
    drawn.study = 'none';
    return;
  }
  try {
    if (correct) {
      const found = await findingsOf(uid, version);
      if (drawn.study === location.hash || !route().correct) return;
      drawn.study = location.hash;
      drawCorrection(uid, found);
      return;
    }
    const { body, json } = await getJson(`/api/studies/${uid}`);
    const chosen = json.versions.find((one) => one.version === version) ?? json.versions[0];
    const found = chosen?.outcome ? await findingsOf(uid, chosen.version) : undefined;
    const state = `${location.hash} ${body}`;
    if (state === drawn.study || route().uid !== uid) return;
    drawn.study = state;
    drawStudy(json, chosen?.version, found);
  } catch (error) {
    if (error.status === undefined || error.status >= 500) throw error;
    drawn.study = '';
    drawNoStudy(error.message);
  }
}

/** Findings never change once they are there. */
async function findingsOf(uid, version) {
  const key = `${uid}/${version}`;
  if (!findings.has(key)) {
    if (findings.size > 20) findings.clear();
    findings.set(key, (await getJson(`/api/studies/${uid}/versions/${version}/findings`)).json);
  }
  return findings.get(key);
}

async function refresh() {
  const live = document.getElementById('live');
  try {
    await refreshList();
    await refreshStudy();
    live.removeAttribute('data-lost');
    live.textContent = 'Live';
  } catch (error) {
    live.setAttribute('data-lost', '');
    live.textContent = `No connection: ${error.message}`;
  }
}

/** One refresh after the other; none while nobody looks. */
async function loop() {
  for (;;) {
    if (!document.hidden) await refresh();
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  }
}

addEventListener('hashchange', async () => {
  await refresh();
  const { uid } = route();
  if (uid !== undefined) document.getElementById('study').scrollTop = 0;
});
addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest('input, select, textarea')) return;
  if (event.key === 'ArrowDown' || event.key === 'j') moveInList(1);
  else if (event.key === 'ArrowUp' || event.key === 'k') moveInList(-1);
  else if (event.key === 'Escape') location.hash = '#/';
  else return;
  event.preventDefault();
});
drawNoStudy();
drawn.study = 'none';
void loop();
