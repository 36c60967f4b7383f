import { notAssessed } from '@endplate/findings';
import { Fhir } from 'fhir/fhir';
import { type Bundle, type DiagnosticReport, type FhirResource, type Observation } from 'fhir/r4';
import { someContext, someFindings, someModic } from '../testing/some-findings';
import { renderFhirBundle } from './report-bundle';

const ct = () => someFindings('CT').withDiscs(3).withVertebrae(2).build();
const mr = () =>
  someFindings('MR')
    .withDiscs(2)
    .withEndplate({ status: 'assessed', value: someModic({ type: '1', caveats: ['Infection not excluded.'] }), confidence: 0.6 })
    .withEndplate(notAssessed('T1_MISSING', 'There is no T1.'))
    .build(); // prettier-ignore

/** The value sets of SNOMED CT and DICOM are not with the validator; it says so in warnings. */
const errorsOf = (resource: FhirResource): string[] =>
  new Fhir()
    .validate(resource, { errorOnUnexpected: true })
    .messages.filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ location, message }) => `${location}: ${message}`);
const parsed = (bytes: Buffer | undefined): Bundle => JSON.parse(bytes!.toString('utf8')) as Bundle;
const resources = <T extends { resourceType: string }>(bundle: Bundle, type: T['resourceType']): T[] =>
  bundle.entry!.map(({ resource }) => resource).filter((one) => one!.resourceType === type) as unknown as T[];

describe('renderFhirBundle', () => {
  it.each([
    ['CT', ct()],
    ['MR', mr()],
    ['no findings', someFindings('CT').build()],
    ['no patient data', ct()],
  ])('makes resources that FHIR R4 takes: %s', (name, findings) => {
    const context = name === 'no patient data' ? { ...someContext(), source: {} } : someContext();
    const bundle = parsed(renderFhirBundle(findings, context));
    expect(errorsOf(bundle)).toEqual([]);
    for (const { resource } of bundle.entry!) expect(errorsOf(resource as FhirResource)).toEqual([]);
  });

  it('is held to FHIR R4 by a check that can fail', () => {
    const bundle = parsed(renderFhirBundle(ct(), someContext()));
    const [report] = resources<DiagnosticReport>(bundle, 'DiagnosticReport');
    expect(errorsOf({ ...report!, status: 'done' } as unknown as FhirResource)).not.toEqual([]);
    expect(errorsOf({ ...report!, patient: 'Doe' } as FhirResource)).not.toEqual([]);
  });

  it('updates every resource by an identifier that it carries, so that doing it twice leaves one', () => {
    const bundle = parsed(renderFhirBundle(ct(), someContext()));
    expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'transaction' });
    for (const { request, resource } of bundle.entry!) {
      const { identifier } = resource as Observation;
      const search = new URL(request!.url, 'http://server/').searchParams.get('identifier');
      expect(request!.method).toBe('PUT');
      expect(identifier!.map(({ system, value }) => `${system}|${value}`)).toContain(search);
    }
    expect(renderFhirBundle(ct(), someContext())).toEqual(renderFhirBundle(ct(), someContext()));
  });

  it('takes the place of the earlier version, and says which that was', () => {
    const later = { ...ct(), version: 2, predecessorVersion: 1 };
    const [first, second] = [ct(), later].map((findings) => parsed(renderFhirBundle(findings, someContext())));
    expect(second!.entry!.map(({ request }) => request)).toEqual(first!.entry!.map(({ request }) => request));
    expect(resources<DiagnosticReport>(second!, 'DiagnosticReport')[0]!.conclusion).toContain('replaces version 1');
  });

  it('points at every observation and at the study, never at a name', () => {
    const bundle = parsed(renderFhirBundle(ct(), someContext()));
    const [report] = resources<DiagnosticReport>(bundle, 'DiagnosticReport');
    const places = new Set(bundle.entry!.map(({ fullUrl }) => fullUrl));
    expect(report!.result).toHaveLength(5);
    for (const { reference } of report!.result!) expect(places).toContain(reference);
    expect(report!.subject).toEqual({ type: 'Patient', identifier: { value: 'P-0042' } });
    expect(report!.conclusion).toMatch(/^Research and triage only\. Not a diagnosis\./);
    expect(report!.imagingStudy![0]!.identifier!.value).toBe(`urn:oid:${ct().studyInstanceUID}`);
    expect(JSON.stringify(bundle)).not.toContain('Doe');
  });

  it('has the codes, numbers and units of the structured report', () => {
    const [disc] = resources<Observation>(parsed(renderFhirBundle(ct(), someContext())), 'Observation');
    expect(disc).toMatchObject({
      status: 'preliminary',
      code: { text: 'Disc L5/S1' },
      bodySite: { coding: [{ system: 'http://snomed.info/sct', code: '715056000' }] },
    });
    expect(disc!.component).toContainEqual(
      expect.objectContaining({
        valueQuantity: { value: 41.7, unit: 'cubic millimeter', system: 'http://unitsofmeasure.org', code: 'mm3' },
      }),
    );
    const heights = disc!.component!.filter(({ code }) => code.text?.startsWith('Height, '));
    expect(heights.map(({ code, valueQuantity }) => [code.text, valueQuantity!.value])).toEqual([
      ['Height, Anterior', 11.2],
      ['Height, Middle', 9.4],
      ['Height, Posterior', 6.1],
    ]);
  });

  it('says why something was not assessed instead of a value', () => {
    const observations = resources<Observation>(parsed(renderFhirBundle(mr(), someContext())), 'Observation');
    const withheld = observations.flatMap(({ component = [] }) => component).filter((one) => one.dataAbsentReason);
    expect(withheld.map(({ dataAbsentReason }) => dataAbsentReason!.text)).toContain('Modic change: There is no T1.');
    for (const one of withheld) expect(Object.keys(one).filter((key) => key.startsWith('value'))).toEqual([]);
    const caveat = observations.flatMap(({ component = [] }) => component).map(({ valueString }) => valueString);
    expect(caveat).toContain('Infection not excluded.');
  });

  it('makes nothing of a version that was not analysed', () => {
    const reason = { code: 'NO_IMAGES', text: 'There is no image.' } as const;
    const findings = someFindings('CT')
      .with({ outcome: { status: 'not-analysed', reason } })
      .build();
    expect(renderFhirBundle(findings, someContext())).toBeUndefined();
  });

  it.each([
    ['a date alone where the offset from UTC is unknown', {}, '2026-03-01'],
    ['date and time with it', { TimezoneOffsetFromUTC: '+0100' }, '2026-03-01T10:15:00+01:00'],
    ['nothing for a date that is none', { StudyDate: '20261399' }, undefined],
  ])('gives %s', (_, source, expected) => {
    const bundle = parsed(renderFhirBundle(ct(), someContext(source)));
    expect(resources<DiagnosticReport>(bundle, 'DiagnosticReport')[0]!.effectiveDateTime).toBe(expected);
  });
});
