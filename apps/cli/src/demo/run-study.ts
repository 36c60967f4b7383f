import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type StudyFindings, studyFindingsSchema } from '@endplate/findings';
import { findingsKey, keyImagesPrefix } from '@endplate/store';
import { StudyReader, type StudyRecord, Timeline } from '@endplate/studies';
import { CliError } from '../errors';
import { sendInstances } from '../folder/send-instances';
import { waitUntil } from '../process/wait-until';
import { findingsTable } from '../terminal/findings-table';
import { ladderTable } from '../terminal/ladder-table';
import { type Progress } from '../terminal/progress';
import { validateFile } from '../validation/validate-file';
import { type DemoSite, ENDPLATE_MODALITY } from './demo-site';
import { type DemoStudy } from './demo-study';
import { truthTable } from './truth-table';

/** AE title of the one who fills the PACS. */
const SCANNER = 'DEMO_SCANNER';
const REPORT_MS = 15 * 60_000;
const PROOF_MS = 60_000;

/** What a study needs to run through the site. */
export interface StudyRun {
  readonly site: DemoSite;
  readonly study: DemoStudy;
  /** Folder of its results. */
  readonly out: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** How a study of the demo ended; `reason` where it was not analysed. */
export interface StudyEnding {
  readonly name: string;
  readonly studyInstanceUID: string;
  readonly status: 'reported' | 'not-analysed';
  readonly reason?: string;
}

/** Pushes one study into the PACS and from there to Endplate, waits for the report in the PACS and shows what it says. */
export async function runStudy(run: StudyRun): Promise<StudyEnding> {
  const { study, say } = run;
  const { name, studyInstanceUID } = study;
  say(`\n${study.title}`);
  await push(run);
  const began = Date.now();
  const ending = await reportOrReason(run);
  if (ending.reason) {
    say(`  not analysed, because: ${ending.reason}`);
    return { name, studyInstanceUID, status: 'not-analysed', reason: ending.reason };
  }
  say(`  report     SR in the PACS ${((Date.now() - began) / 1000).toFixed(1)} s after the last image was received`);
  await mkdir(run.out, { recursive: true });
  const record = await proof(run);
  for (const delivery of record?.latest?.deliveries ?? []) {
    say(
      `  delivery   to ${delivery.destination}: ${delivery.state}${delivery.reason ? `, ${delivery.reason.text}` : ''}`,
    );
    for (const line of ladderTable(delivery)) say(`    ${line}`);
  }
  await saveReports(run);
  const findings = await readFindings(run, record?.latest?.version ?? 1);
  await writeFile(path.join(run.out, 'findings.json'), `${JSON.stringify(findings, null, 2)}\n`);
  const images = await saveKeyImages(run, findings.version);
  say(`  pictures   ${images} key images in ${run.out}`);
  const table = study.truth ? truthTable(findings, study.truth) : findingsTable(findings).trimEnd().split('\n');
  for (const line of table) say(`    ${line}`);
  return { name, studyInstanceUID, status: 'reported' };
}

async function push({ site, study, progress, signal, say }: StudyRun): Promise<void> {
  const { pacs } = site;
  const peer = { aeTitle: pacs.aeTitle, host: pacs.host, port: pacs.dicomPort };
  const bar = (done: number, total: number): void => progress.bar('into the PACS', done, total);
  const { sent, failed } = await sendInstances(study.instances, peer, SCANNER, bar);
  if (failed.length > 0) throw new CliError('CLI_FAILED', `The PACS refused ${failed.length} images.`);
  const transfer = await pacs.rest.sendStudy(study.studyInstanceUID, ENDPLATE_MODALITY);
  const arrived = async (): Promise<true | undefined> => {
    const { state, progress: percent, error } = await pacs.rest.transfer(transfer);
    if (state === 'Failure') throw new CliError('CLI_FAILED', `The PACS could not send to Endplate: ${error}`);
    progress.bar('PACS to Endplate', Math.round((percent * sent) / 100), sent);
    return state === 'Success' ? true : undefined;
  };
  await waitUntil('Transfer from the PACS', arrived, { timeoutMs: REPORT_MS, signal });
  progress.clear();
  say(`  pushed     ${sent} images by C-STORE into the PACS, and from there to Endplate`);
}

async function reportOrReason({ site, study, progress, signal }: StudyRun): Promise<{ reason?: string }> {
  const reader = readerOf(site);
  const ask = async (): Promise<{ reason?: string } | undefined> => {
    const reports = await site.pacs.rest.findInstances(study.studyInstanceUID, 'SR');
    if (reports.length > 0) return {};
    const record = await reader.read(study.studyInstanceUID);
    progress.show(`  ${record?.state ?? 'received'} ...`);
    const outcome = record?.latest?.outcome;
    if (outcome?.status === 'not-analysed') return { reason: outcome.reason.text };
    const dead = record?.latest?.deliveries.find(({ state }) => state === 'dead-letter');
    if (dead)
      throw new CliError('CLI_FAILED', `The report could not be delivered: ${dead.reason?.text ?? 'see the log'}`);
    return undefined;
  };
  const wait = waitUntil('The report', ask, { timeoutMs: REPORT_MS, everyMs: 250, signal });
  return Promise.race([wait, site.endplate.died]).finally(() => progress.clear());
}

/** The record once the delivery is over, or as far as it came. */
async function proof({ site, study, signal }: StudyRun): Promise<StudyRecord | undefined> {
  const reader = readerOf(site);
  const over = async (): Promise<StudyRecord | undefined> => {
    const record = await reader.read(study.studyInstanceUID);
    return record?.state === 'delivered' ? record : undefined;
  };
  return waitUntil('The proof of delivery', over, { timeoutMs: PROOF_MS, everyMs: 250, signal }).catch(() =>
    reader.read(study.studyInstanceUID),
  );
}

/** The reports as the PACS gives them back, validated. */
async function saveReports({ site, study, out, say }: StudyRun): Promise<void> {
  const ids = await site.pacs.rest.findInstances(study.studyInstanceUID, 'SR');
  for (const [n, id] of ids.entries()) {
    const file = path.join(out, n === 0 ? 'sr.dcm' : `sr-${n + 1}.dcm`);
    await writeFile(file, await site.pacs.rest.file(id));
    const verdicts = await validateFile(file);
    const words = verdicts.map(({ validator, errors }) => `${validator} ${errors.length === 0 ? 'ok' : errors[0]}`);
    say(`  validated  ${words.join(', ')}`);
    if (verdicts.some(({ errors }) => errors.length > 0)) throw new CliError('CLI_FAILED', `${file} is not valid.`);
  }
}

async function readFindings({ site, study }: StudyRun, version: number): Promise<StudyFindings> {
  const bytes = await site.store.get(findingsKey(study.studyInstanceUID, version));
  return studyFindingsSchema.parse(JSON.parse(bytes.toString('utf8')));
}

async function saveKeyImages({ site, study, out }: StudyRun, version: number): Promise<number> {
  let saved = 0;
  for await (const { key } of site.store.list(keyImagesPrefix(study.studyInstanceUID, version))) {
    await writeFile(path.join(out, path.basename(key)), await site.store.get(key));
    saved += 1;
  }
  return saved;
}

function readerOf({ store }: DemoSite): StudyReader {
  return new StudyReader(store, new Timeline(store, () => new Date()));
}
