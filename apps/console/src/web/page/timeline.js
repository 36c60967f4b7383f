import { RUNG_WORDS } from './format.js';

/** Words of the events that we know; others are shown by their names. */
const WORDS = {
  'reception-started': ({ source }) => `Images came from ${source}`,
  'version-created': ({ instances, reason, authorRole }, version) => {
    if (reason === 'correction') return `Version ${version} made of the findings of a ${authorRole}`;
    return `Version ${version} made of ${reason === 'model' ? 'the same ' : ''}${instances} images`;
  },
  'analysis-started': () => 'Analysis started',
  'analysis-finished': ({ outcome, discs }) => (outcome === 'analysed' ? `Analysed, ${discs} discs` : 'Not analysed'),
  'analysis-failed': () => 'Analysis given up',
  'object-quarantined': ({ object }) => `${object} failed validation and was put aside`,
  'delivery-postponed': ({ destination, attempt }) => `${destination}: try ${attempt} failed, another follows`,
  'delivery-delivered': ({ destination }) => `${destination}: delivered`,
  'delivery-unproven': ({ destination }) => `${destination}: accepted, not proven`,
  'delivery-acknowledged': ({ destination }) => `${destination}: acknowledged`,
  'delivery-superseded': ({ destination }) => `${destination}: not sent, a later version is`,
  'delivery-retried': ({ destination, by, from }) =>
    `${destination}: begun anew${by ? ` from the ${by}` : ''}${from ? ` at ${from}` : ''}`,
  'delivery-nothing-to-send': ({ destination }) => `${destination}: nothing to send`,
  'delivery-dead-letter': ({ destination }) => `${destination}: given up`,
};

/** What happened, and the code behind it where there is one. @returns {[string, string]} */
export function sentence({ type, facts, version }) {
  const rung = RUNG_WORDS[type.replace(/^delivery-/, '')];
  if (rung && type.startsWith('delivery-')) return [`${facts.destination}: ${rung.toLowerCase()}`, ''];
  const code = facts.code ?? facts.reasonCode ?? '';
  const known = WORDS[type];
  if (known) return [known(facts, version), String(code)];
  const rest = Object.entries(facts).map(([key, value]) => `${key} ${value}`);
  return [type.replaceAll('-', ' '), rest.join(', ')];
}
