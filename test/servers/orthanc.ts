/** The sample PACS of the demo is that of the tests. */
export { type Orthanc, startOrthanc } from '../../apps/cli/src/pacs/orthanc';
