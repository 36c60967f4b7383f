import { SopClass, STORAGE_SOP_CLASSES } from '@endplate/dicom';
import { decodePdu } from '../pdu/decode-pdu';
import { encodePdu } from '../pdu/encode-pdu';
import type { AssociateAc, AssociateRq, UserInformation } from '../pdu/pdu';
import { negotiate, type AcceptancePolicy } from './negotiate';
import { storageNegotiation } from './storage-negotiation';

const CT = SopClass.CTImageStorage;
const MR = SopClass.MRImageStorage;
const COMMITMENT = SopClass.StorageCommitmentPushModel;
const SYNTAX = '1.2.840.10008.1.2';
const LOCAL = { maxPduLength: 16384, implementationClassUID: '1.2', implementationVersionName: 'VERS' };
const POLICY: AcceptancePolicy = {
  kind: 'accept',
  contexts: [CT, COMMITMENT].map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: [SYNTAX] })),
  extendedNegotiation: storageNegotiation(STORAGE_SOP_CLASSES, { levelOfSupport: 2, levelOfDigitalSignature: 3, coercesElements: false }), // prettier-ignore
  maxOperations: 16,
};

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const uint16 = (value: number): string => value.toString(16).padStart(4, '0');
/** A sub-item of User Information: type, reserved, length, value. @standard PS3.7 D.3.3 */
const item = (type: string, value: string): string => `${type}00${uint16(value.length / 2)}${value}`;
const sized = (text: string): string => uint16(text.length) + hex(text);

/** The request with these sub-items behind the two that every request has, through the bytes and back. */
function request(...subItems: string[]): AssociateRq {
  const plain: AssociateRq = {
    kind: 'associate-rq',
    protocolVersion: 1,
    calledAETitle: 'ENDPLATE',
    callingAETitle: 'CT1',
    applicationContextName: '1.2.840.10008.3.1.1.1',
    presentationContexts: [CT, MR, COMMITMENT].map((abstractSyntax, i) => ({ id: 2 * i + 1, abstractSyntax, transferSyntaxes: [SYNTAX] })), // prettier-ignore
    userInformation: { maximumLength: 16384, implementationClassUID: '1.2', roleSelections: [], extendedNegotiations: [] }, // prettier-ignore
  };
  const bytes = encodePdu(plain).subarray(6);
  const user = bytes.lastIndexOf(Buffer.from('5000', 'hex'), bytes.length - 12);
  const value = Buffer.concat([bytes.subarray(user + 4), Buffer.from(subItems.join(''), 'hex')]);
  const head = Buffer.from(`5000${uint16(value.length)}`, 'hex');
  return decodePdu(1, Buffer.concat([bytes.subarray(0, user), head, value])) as AssociateRq;
}

function answer(...subItems: string[]): { pdu: AssociateAc; bytes: string } {
  const { pdu, kind } = negotiate(request(...subItems), POLICY, LOCAL);
  if (kind !== 'accept') throw new Error('rejected');
  return { pdu, bytes: encodePdu(pdu).toString('hex') };
}
const user = (...subItems: string[]): UserInformation => answer(...subItems).pdu.userInformation;

describe('the asynchronous operations window', () => {
  // PS3.7 Table D.3-7: 53H, 4 bytes, invoked, performed.
  it.each([
    ['without limit', '00000000', '00100001'],
    ['of more than we take', '00ff00ff', '00100001'],
    ['of less', '00030003', '00030001'],
    ['of one', '00010001', '00010001'],
  ])('is answered where one %s is offered', (_, offered, granted) => {
    expect(answer(item('53', offered)).bytes).toContain(item('53', granted));
  });

  it('is left out where none is offered, and one where the policy says nothing', () => {
    expect(user().asynchronousOperations).toBeUndefined();
    const { maxOperations: _, ...policy } = POLICY;
    const { pdu } = negotiate(request(item('53', '00000000')), policy, LOCAL);
    expect((pdu as AssociateAc).userInformation.asynchronousOperations).toEqual({ invoked: 1, performed: 1 });
  });
});

describe('SOP class extended negotiation', () => {
  // PS3.4 Table B.3-1: level of support 3 (SCU), reserved, signature 0, reserved, coercion 2 (SCU), reserved.
  const asked = (uid: string): string => item('56', sized(uid) + '030000000200');

  it('is answered for storage: level 2, signature level 3, no coercion', () => {
    const { pdu, bytes } = answer(asked(CT));
    expect(bytes).toContain(item('56', `${sized(CT)}020003000000`));
    expect(pdu.userInformation.extendedNegotiations).toHaveLength(1);
  });

  it('is not answered for a SOP class that is refused, is no storage, or was asked twice', () => {
    const answered = user(asked(MR), asked(COMMITMENT), asked(CT), asked(CT)).extendedNegotiations;
    expect(answered.map(({ sopClassUID }) => sopClassUID)).toEqual([CT]);
    expect(user().extendedNegotiations).toEqual([]);
  });

  it('passes over what says of which service a SOP class is', () => {
    // PS3.7 Table D.3-12: SOP class, service class 1.2.840.10008.4.2, one related general SOP class.
    const related = sized(CT);
    const common = item('57', sized(CT) + sized('1.2.840.10008.4.2') + uint16(related.length / 2) + related);
    const { pdu, bytes } = answer(common, asked(CT));
    expect(pdu.presentationContexts.map(({ result }) => result)).toEqual([0, 3, 0]);
    expect(pdu.userInformation.extendedNegotiations).toHaveLength(1);
    expect(bytes).not.toContain('5700');
  });
});

describe('role selection', () => {
  // PS3.7 Table D.3-9: SOP class, SCU role, SCP role.
  const role = (uid: string, scu: number, scp: number): string => item('54', `${sized(uid)}0${scu}0${scp}`);

  it('grants the roles that are asked for and supported', () => {
    expect(answer(role(CT, 1, 1)).bytes).toContain(role(CT, 1, 0));
    expect(user(role(CT, 1, 0)).roleSelections).toEqual([{ sopClassUID: CT, scu: true, scp: false }]);
  });

  it('refuses a context in which the requestor would have no role', () => {
    const { pdu } = answer(role(CT, 0, 1));
    expect(pdu.presentationContexts.map(({ result }) => result)).toEqual([1, 3, 0]);
    expect(pdu.userInformation.roleSelections).toEqual([]);
  });

  it('says nothing of a SOP class that is refused, or of one that nobody asks a role for', () => {
    expect(user(role(MR, 1, 1)).roleSelections).toEqual([]);
    expect(user().roleSelections).toEqual([]);
  });
});

describe('user identity', () => {
  // PS3.7 Table D.3-14: type 1 (name), positive response wanted or not, name, nothing.
  const identity = (wanted: number): string => item('58', `010${wanted}${sized('user')}0000`);

  it('is answered where the requestor wants it and the policy has checked it', () => {
    const checked = { ...POLICY, userIdentityResponse: Buffer.alloc(0) };
    const response = (policy: AcceptancePolicy, wanted: number) =>
      (negotiate(request(identity(wanted)), policy, LOCAL).pdu as AssociateAc).userInformation.userIdentityResponse;
    expect(response(checked, 1)).toEqual(Buffer.alloc(0));
    expect(response(checked, 0)).toBeUndefined();
    expect(response(POLICY, 1)).toBeUndefined();
  });
});
