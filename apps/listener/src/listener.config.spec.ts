import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseListenerConfig } from './listener.config';

const folder = mkdtempSync(join(tmpdir(), 'endplate-listener-config-'));
const list = join(folder, 'ae.json');
writeFileSync(list, '[{"aeTitle":"CT1"}]');
afterAll(() => rmSync(folder, { recursive: true }));

const faults = (env: Record<string, string>) => {
  try {
    parseListenerConfig(env);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('listener configuration', () => {
  it('binds loopback with the defaults of the product', () => {
    const { dicom, study } = parseListenerConfig({});
    expect(dicom).toMatchObject({ host: '127.0.0.1', port: 11112, aeTitle: 'ENDPLATE', maxAssociations: 64 });
    expect(study.quietMs).toBe(60_000);
  });

  it('refuses to listen to the world without a list or certificates of the senders', () => {
    const world = { ENDPLATE_DICOM_HOST: '0.0.0.0' };
    expect(faults(world)).toContain('ENDPLATE_AE_CONFIG');
    expect(faults({ ...world, ENDPLATE_DICOM_TLS_CERT: 'c', ENDPLATE_DICOM_TLS_KEY: 'k' })).toContain(
      'is not loopback',
    );
    expect(faults({ ...world, ENDPLATE_AE_CONFIG: list })).toBe('');
    const mutual = { ENDPLATE_DICOM_TLS_CERT: 'c', ENDPLATE_DICOM_TLS_KEY: 'k', ENDPLATE_DICOM_TLS_CA: 'a' };
    expect(faults({ ...world, ...mutual })).toBe('');
  });

  it('wants certificate and key together', () => {
    expect(faults({ ENDPLATE_DICOM_TLS_CERT: 'c' })).toContain('ENDPLATE_DICOM_TLS_KEY');
    expect(faults({ ENDPLATE_DICOM_TLS_CA: 'a' })).toContain('ENDPLATE_DICOM_TLS_CA');
  });

  it('refuses an AE title that is none', () => {
    for (const title of [' LEADING', 'TRAILING ', 'SEVENTEEN_LETTERS', 'BACK\\SLASH']) {
      expect(faults({ ENDPLATE_AE_TITLE: title })).toContain('ENDPLATE_AE_TITLE');
    }
  });
});
