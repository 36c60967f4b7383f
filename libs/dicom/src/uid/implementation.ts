import { deriveUid } from './uid';

/** Identifies our software as writer of files and as association peer. @standard PS3.7 D.3.3.2 */
export const ENDPLATE_IMPLEMENTATION_CLASS_UID = deriveUid('endplate', 'implementation class', '1');
/** Version name beside the Implementation Class UID, at most 16 characters. @standard PS3.7 D.3.3.2.4 */
export const ENDPLATE_IMPLEMENTATION_VERSION_NAME = 'ENDPLATE_0_1';
