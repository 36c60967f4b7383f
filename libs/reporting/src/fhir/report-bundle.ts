import { deriveUid } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { type Bundle, type BundleEntry, type Device, type DiagnosticReport, type FhirResource } from 'fhir/r4';
import { CODE } from '../code/concept';
import { contentInstant, studyInstant } from '../module/instant';
import { patientStudyModules } from '../module/patient-study';
import { conclusionLines } from '../observation/conclusion';
import { reportObservations } from '../observation/structure-observation';
import { type ReportContext } from '../report-context';
import { reportText } from '../text/report-text';
import { codeable } from './coding';
import { fullUrl, uidIdentifier, updateByUid } from './identity';
import { type ObservationFrame, observationResource, UNVERIFIED } from './observation-resource';

/**
 * The report as a FHIR R4 transaction: Device, an Observation per disc, endplate and vertebra, DiagnosticReport. Every
 * entry is a conditional update by a UID, so that doing it twice leaves one of each, and a later version takes the place
 * of the earlier one (a server with history keeps that). Patient and ImagingStudy are named by identifier alone.
 *
 * @returns JSON, UTF-8; undefined for a version that was not analysed. The same input gives the same bytes
 * @standard FHIR R4 http 3.1.0.11, FHIR R4 diagnosticreport
 */
export function renderFhirBundle(findings: StudyFindings, context: ReportContext): Buffer | undefined {
  if (findings.outcome.status !== 'analysed') return undefined;
  const device = deviceResource(findings);
  const deviceUID = deriveUid('fhir-device', findings.software.version, findings.model.sha256);
  const frame = frameOf(findings, context, fullUrl('Device', deviceUID));
  const observations = reportObservations(findings, context).structures.map((structure) =>
    entry(structure.trackingUID, observationResource(structure, frame)),
  );
  const report = reportResource(findings, context, frame, observations);
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [entry(deviceUID, device(deviceUID)), ...observations, entry(reportUid(findings), report)],
  };
  return Buffer.from(`${JSON.stringify(bundle)}\n`);
}

function entry(uid: string, resource: FhirResource): BundleEntry {
  return {
    fullUrl: fullUrl(resource.resourceType, uid),
    resource,
    request: updateByUid(resource.resourceType, uid),
  };
}

/** The report of a study: one, whatever its version. */
function reportUid({ studyInstanceUID }: StudyFindings): string {
  return deriveUid('fhir-report', studyInstanceUID);
}

function deviceResource({ software, model }: StudyFindings): (uid: string) => Device {
  return (uid) => ({
    resourceType: 'Device',
    identifier: [uidIdentifier(uid)],
    deviceName: [{ name: software.name, type: 'manufacturer-name' }],
    type: codeable(CODE.artificialIntelligence),
    version: [
      { type: { text: 'software' }, value: software.version },
      { type: { text: `model ${model.name}` }, value: model.version },
      { type: { text: 'model sha256' }, value: model.sha256 },
    ],
  });
}

function frameOf(findings: StudyFindings, context: ReportContext, device: string): ObservationFrame {
  const effective = studyInstant(context);
  return {
    ...subject(findings, context),
    language: reportText(context.language).language,
    device: { reference: device },
    derivedFrom: [imagingStudy(findings)],
    ...(effective === undefined ? {} : { effectiveDateTime: effective }),
    issued: contentInstant(findings.createdAt),
  };
}

function reportResource(
  findings: StudyFindings,
  context: ReportContext,
  frame: ObservationFrame,
  observations: readonly BundleEntry[],
): DiagnosticReport {
  const ct = findings.series.some(({ used, modality }) => used && modality === 'CT');
  const { AccessionNumber } = patientStudyModules(findings.studyInstanceUID, context);
  return {
    resourceType: 'DiagnosticReport',
    language: frame.language ?? 'en',
    identifier: [
      uidIdentifier(reportUid(findings)),
      uidIdentifier(deriveUid('fhir-report', findings.studyInstanceUID, String(findings.version))),
    ],
    ...(typeof AccessionNumber === 'string' ? { basedOn: [accession(AccessionNumber)] } : {}),
    status: UNVERIFIED,
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'RAD' }] }],
    code: codeable(ct ? CODE.ctUnspecified : CODE.mrUnspecified),
    ...(frame.subject ? { subject: frame.subject } : {}),
    ...(frame.effectiveDateTime === undefined ? {} : { effectiveDateTime: frame.effectiveDateTime }),
    issued: contentInstant(findings.createdAt),
    result: observations.map(({ fullUrl: reference = '' }) => ({ reference })),
    imagingStudy: [imagingStudy(findings)],
    conclusion: conclusionLines(findings, reportText(context.language)).join('\n'),
  };
}

/** Without an ID the subject stays open: a name is no identifier. */
function subject(findings: StudyFindings, context: ReportContext): Pick<ObservationFrame, 'subject'> {
  const { PatientID, IssuerOfPatientID } = patientStudyModules(findings.studyInstanceUID, context);
  if (typeof PatientID !== 'string') return {};
  const assigner = typeof IssuerOfPatientID === 'string' ? { assigner: { display: IssuerOfPatientID } } : {};
  return { subject: { type: 'Patient', identifier: { value: PatientID, ...assigner } } };
}

function imagingStudy({ studyInstanceUID }: StudyFindings) {
  return { type: 'ImagingStudy', identifier: uidIdentifier(studyInstanceUID) };
}

function accession(value: string) {
  const type = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'ACSN' }] };
  return { type: 'ServiceRequest', identifier: { type, value } };
}
