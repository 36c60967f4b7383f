import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeDataSet, type NaturalDataset, SopClass, TransferSyntax } from '@endplate/dicom';
import { openAssociation } from '@endplate/dimse';
import { Manifests, StudyEvidence } from '@endplate/studies';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { aeListFile } from '../testing/ae-list-file';
import { ctInstance } from '../testing/instance';
import { ListenerBench } from '../testing/listener-bench';

let redis: TestRedis;
let folder: string;
beforeAll(async () => {
  redis = await startRedis();
  folder = mkdtempSync(join(tmpdir(), 'endplate-door-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await redis.stop();
});

const REJECTED = { code: 'DIMSE_ASSOCIATION_REJECTED' };
const listFile = (list: unknown): string => aeListFile(folder, list);

const explicit = (list: NaturalDataset) => encodeDataSet(list, TransferSyntax.ExplicitVRLittleEndian);
const begun = (study: string): NaturalDataset => ({
  ScheduledStepAttributesSequence: [{ StudyInstanceUID: study }],
  ...{ PerformedProcedureStepID: 'P1', PerformedStationAETitle: 'CT1', Modality: 'CT' },
  ...{ PerformedProcedureStepStartDate: '20261124', PerformedProcedureStepStartTime: '10' },
  PerformedProcedureStepStatus: 'IN PROGRESS',
});
const ended = (series: readonly NaturalDataset[]): NaturalDataset => ({
  PerformedProcedureStepStatus: 'COMPLETED',
  ...{ PerformedProcedureStepEndDate: '20261124', PerformedProcedureStepEndTime: '11' },
  PerformedSeriesSequence: series,
});

describe('what an AE shows and may use', () => {
  it('lets in who shows the user identity of the list, and answers it', async () => {
    const passcode = join(folder, 'passcode');
    writeFileSync(passcode, 'open sesame\n');
    const path = listFile([{ aeTitle: 'CT1', identity: { username: 'ct1', passcodeFile: passcode } }]);
    const bench = await ListenerBench.open(redis.url, { ENDPLATE_AE_CONFIG: path });
    const call = (text: string) =>
      openAssociation({
        ...{ host: '127.0.0.1', port: bench.port, callingAETitle: 'CT1', calledAETitle: 'ENDPLATE' },
        contexts: [
          { abstractSyntax: SopClass.VerificationSOPClass, transferSyntaxes: [TransferSyntax.ImplicitVRLittleEndian] },
        ],
        userIdentity: { type: 2, positiveResponseRequested: true, primaryField: Buffer.from('ct1'), secondaryField: Buffer.from(text) }, // prettier-ignore
      });
    await expect(bench.associate('CT1')).rejects.toMatchObject({ ...REJECTED, rejection: { result: 1, source: 2, reason: 1 } }); // prettier-ignore
    await expect(call('guess')).rejects.toMatchObject(REJECTED);
    await (await call('open sesame')).release();
    await bench.close();
  });

  it('makes a completed step and a notification evidence of the study, of those who may tell them', async () => {
    const path = listFile([
      { aeTitle: 'RIS', services: ['mpps', 'ian'] },
      { aeTitle: 'CT1', services: ['storage'] },
    ]);
    const bench = await ListenerBench.open(redis.url, { ENDPLATE_AE_CONFIG: path });
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = ctInstance('a');
    const reference = { ReferencedSOPClassUID: SopClass.CTImageStorage, ReferencedSOPInstanceUID: sopInstanceUID };
    const ris = await bench.associate('RIS', 'ENDPLATE', SopClass.ModalityPerformedProcedureStep);
    const step = { sopClassUID: SopClass.ModalityPerformedProcedureStep, sopInstanceUID: '1.2.840.4711' };
    expect(await ris.create({ ...step, dataSet: explicit(begun(studyInstanceUID)) })).toEqual({ status: 0 });
    expect(
      await ris.set({
        ...step,
        dataSet: explicit(ended([{ SeriesInstanceUID: seriesInstanceUID, ReferencedImageSequence: [reference] }])),
      }),
    ).toEqual({ status: 0 });
    await ris.release();
    const notification = {
      StudyInstanceUID: studyInstanceUID,
      ReferencedSeriesSequence: [
        {
          SeriesInstanceUID: seriesInstanceUID,
          ReferencedSOPSequence: [{ ...reference, InstanceAvailability: 'ONLINE' }],
        },
      ],
    };
    const again = await bench.associate('RIS', 'ENDPLATE', SopClass.InstanceAvailabilityNotification);
    const notice = { sopClassUID: SopClass.InstanceAvailabilityNotification, sopInstanceUID: '1.2.840.4712' };
    expect(await again.create({ ...notice, dataSet: explicit(notification) })).toEqual({ status: 0 });
    // Told again, it is the same evidence.
    expect(await again.create({ ...notice, dataSet: explicit(notification) })).toEqual({ status: 0 });
    await again.release();
    const evidence = await new StudyEvidence(bench.store).read(studyInstanceUID);
    expect(evidence.map(({ source, saidBy, reference: of, instances }) => ({ source, saidBy, of, instances }))).toEqual(
      [
        { source: 'mpps', saidBy: 'RIS', of: step.sopInstanceUID, instances: [{ seriesInstanceUID, sopInstanceUID }] },
        { source: 'ian', saidBy: 'RIS', of: notice.sopInstanceUID, instances: [{ seriesInstanceUID, sopInstanceUID }] },
      ],
    );
    expect(await bench.metrics()).toContain('endplate_study_notices_total{source="ian",outcome="recorded"} 2');
    const scanner = await bench.associate('CT1', 'ENDPLATE', SopClass.ModalityPerformedProcedureStep);
    expect(scanner.contextFor(SopClass.ModalityPerformedProcedureStep)).toBeUndefined();
    await scanner.release();
    await bench.close();
  });

  it('a completed step whose instances are all here ends the quiet period of its study', async () => {
    const bench = await ListenerBench.open(redis.url, { ENDPLATE_QUIET_MS: '3600000' });
    const made = ['a', 'b'].map((name) => ctInstance(name, { study: 'early' }));
    const { studyInstanceUID, seriesInstanceUID } = made[0]!;
    for (const instance of made) expect(await bench.send(instance)).toEqual({ status: 0 });
    const images = made.map(({ sopClassUID, sopInstanceUID }) => ({
      ReferencedSOPClassUID: sopClassUID,
      ReferencedSOPInstanceUID: sopInstanceUID,
    }));
    const step = { sopClassUID: SopClass.ModalityPerformedProcedureStep, sopInstanceUID: '1.2.840.4714' };
    const association = await bench.associate('CT1', 'ENDPLATE', SopClass.ModalityPerformedProcedureStep);
    expect(await association.create({ ...step, dataSet: explicit(begun(studyInstanceUID)) })).toEqual({ status: 0 });
    const series = [{ SeriesInstanceUID: seriesInstanceUID, ReferencedImageSequence: images }];
    expect(await association.set({ ...step, dataSet: explicit(ended(series)) })).toEqual({ status: 0 });
    await association.release();
    expect(await bench.nextAnalysis()).toMatchObject({ studyInstanceUID, version: 1 });
    const manifest = await new Manifests(bench.store).latest(studyInstanceUID);
    expect(manifest?.evidence).toMatchObject({ statements: [{ source: 'mpps', saidBy: 'CT1', count: 2 }] });
    expect(manifest?.instances).toHaveLength(2);
    await bench.close();
  });
});
