import { PduInvalid } from '../errors';
import { decodePdu } from './decode-pdu';
import { encodePdu } from './encode-pdu';
import { encodePData, fragmentLength, pDataHeader } from './p-data';
import type { AssociateAc, AssociateRq, ControlPdu } from './pdu';

/** Hexadecimal with `;` comments. */
function bytes(text: string): Buffer {
  return Buffer.from(text.replace(/;.*$/gm, '').replace(/\s+/g, ''), 'hex');
}

const ASSOCIATE_RQ = bytes(`
  01 00 000000ea                        ; A-ASSOCIATE-RQ, 234 bytes follow
  0001 0000                             ; protocol version 1
  454e44504c415445 2020202020202020     ; called  'ENDPLATE'
  504143532031 20202020202020202020     ; calling 'PACS 1'
  ${'00'.repeat(32)}                    ; reserved
  10 00 0015 312e322e3834302e31303030382e332e312e312e31       ; application context 1.2.840.10008.3.1.1.1
  20 00 0030 01 00 00 00                                      ; presentation context 1
    30 00 0011 312e322e3834302e31303030382e312e31             ;   Verification 1.2.840.10008.1.1
    40 00 0013 312e322e3834302e31303030382e312e322e31         ;   explicit VR little endian 1.2.840.10008.1.2.1
  50 00 0055                                                  ; user information
    51 00 0004 00004000                                       ;   maximum length 16384
    52 00 0003 312e32                                         ;   implementation class UID 1.2
    53 00 0004 0001 0003                                      ;   asynchronous operations: 1 invoked, 3 performed
    54 00 0015 0011 312e322e3834302e31303030382e312e31 01 01  ;   role selection: Verification, SCU and SCP
    55 00 0004 56455253                                       ;   implementation version 'VERS'
    56 00 0008 0003 312e33 010203                             ;   extended negotiation of 1.3: 01 02 03
    58 00 000d 02 01 0004 75736572 0003 707764                ;   user identity: name and passcode, response wanted
`);

const RQ: AssociateRq = {
  kind: 'associate-rq',
  protocolVersion: 1,
  calledAETitle: 'ENDPLATE',
  callingAETitle: 'PACS 1',
  applicationContextName: '1.2.840.10008.3.1.1.1',
  presentationContexts: [{ id: 1, abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2.1'] }],
  userInformation: {
    maximumLength: 16384,
    implementationClassUID: '1.2',
    implementationVersionName: 'VERS',
    asynchronousOperations: { invoked: 1, performed: 3 },
    roleSelections: [{ sopClassUID: '1.2.840.10008.1.1', scu: true, scp: true }],
    extendedNegotiations: [{ sopClassUID: '1.3', applicationInformation: bytes('010203') }],
    userIdentity: { type: 2, positiveResponseRequested: true, primaryField: Buffer.from('user'), secondaryField: Buffer.from('pwd') }, // prettier-ignore
  },
};

const ASSOCIATE_AC = bytes(`
  02 00 000000a1                        ; A-ASSOCIATE-AC, 161 bytes follow
  0001 0000
  454e44504c415445 2020202020202020     ; called  'ENDPLATE' echoed
  504143532031 20202020202020202020     ; calling 'PACS 1' echoed
  ${'00'.repeat(32)}
  10 00 0015 312e322e3834302e31303030382e332e312e312e31
  21 00 0019 01 00 00 00 40 00 0011 312e322e3834302e31303030382e312e32   ; context 1 accepted, implicit VR
  21 00 0008 03 00 03 00 40 00 0000                                      ; context 3: abstract syntax not supported
  50 00 0017
    51 00 0004 00000000                 ;   no maximum length
    52 00 0003 312e32
    59 00 0004 0002 6f6b                ;   user identity response 'ok'
`);

const AC: AssociateAc = {
  kind: 'associate-ac',
  protocolVersion: 1,
  calledAETitle: 'ENDPLATE',
  callingAETitle: 'PACS 1',
  applicationContextName: '1.2.840.10008.3.1.1.1',
  presentationContexts: [
    { id: 1, result: 0, transferSyntax: '1.2.840.10008.1.2' },
    { id: 3, result: 3, transferSyntax: '' },
  ],
  userInformation: {
    maximumLength: 0,
    implementationClassUID: '1.2',
    roleSelections: [],
    extendedNegotiations: [],
    userIdentityResponse: Buffer.from('ok'),
  },
};

const GOLDEN: readonly (readonly [string, Buffer, ControlPdu])[] = [
  ['A-ASSOCIATE-RQ', ASSOCIATE_RQ, RQ],
  ['A-ASSOCIATE-AC', ASSOCIATE_AC, AC],
  ['A-ASSOCIATE-RJ', bytes('03 00 00000004 00 01 01 07'), { kind: 'associate-rj', result: 1, source: 1, reason: 7 }],
  ['A-RELEASE-RQ', bytes('05 00 00000004 00000000'), { kind: 'release-rq' }],
  ['A-RELEASE-RP', bytes('06 00 00000004 00000000'), { kind: 'release-rp' }],
  ['A-ABORT', bytes('07 00 00000004 00 00 02 06'), { kind: 'abort', source: 2, reason: 6 }],
];

describe('PDU bytes', () => {
  it.each(GOLDEN)('%s says its length, decodes to its meaning and encodes to its bytes', (_name, encoded, decoded) => {
    expect(encoded.readUInt32BE(2)).toBe(encoded.length - 6);
    expect(decodePdu(encoded.readUInt8(0), encoded.subarray(6))).toEqual(decoded);
    expect(encodePdu(decoded).toString('hex')).toBe(encoded.toString('hex'));
  });

  it('drops padding of UIDs and unknown items', () => {
    const padded = bytes('52 00 0004 312e3200 7f 00 0002 ffff');
    const tail = Buffer.concat([bytes('50 00 000e'), padded]);
    const start = ASSOCIATE_AC.subarray(6, ASSOCIATE_AC.indexOf(bytes('50000017')));
    const { userInformation } = decodePdu(2, Buffer.concat([start, tail])) as AssociateAc;
    expect(userInformation).toMatchObject({ implementationClassUID: '1.2', maximumLength: 0 });
  });

  it('knows no other PDU type', () => {
    expect(() => decodePdu(0x08, Buffer.alloc(4))).toThrow(PduInvalid);
  });

  it('never reads past the end, wherever an A-ASSOCIATE is cut', () => {
    for (const encoded of [ASSOCIATE_RQ, ASSOCIATE_AC]) {
      for (let end = 6; end < encoded.length; end += 1) {
        const cut = Buffer.from(encoded.subarray(6, end));
        try {
          decodePdu(encoded.readUInt8(0), cut);
          throw new Error(`decoded although cut at ${end}`);
        } catch (error) {
          expect(error).toBeInstanceOf(PduInvalid);
        }
      }
    }
  });

  it.each([
    ['even', [2]],
    ['used twice', [1, 1]],
  ])('refuses presentation context identifiers that are %s', (_what, ids) => {
    const presentationContexts = ids.map((id) => ({ id, abstractSyntax: '1.2', transferSyntaxes: ['1.2'] }));
    const encoded = encodePdu({ ...RQ, presentationContexts });
    expect(() => decodePdu(1, encoded.subarray(6))).toThrow(/even or used twice/);
  });

  it('refuses 10,000 presentation contexts after 136 items', () => {
    const item = bytes('20 00 0004 01 00 00 00');
    const body = Buffer.concat([ASSOCIATE_RQ.subarray(6, 74), ...Array.from({ length: 10_000 }, () => item)]);
    expect(() => decodePdu(1, body)).toThrow(/more than 136 items/);
  });
});

describe('P-DATA-TF bytes', () => {
  it('is one PDV behind both headers', () => {
    // Type 4, 8 bytes of PDV list, PDV of 4 bytes: context 5, command and last, value ab cd.
    expect(encodePData(5, true, bytes('abcd'), 100).toString('hex')).toBe('0400' + '00000008' + '00000004' + '05' + '03' + 'abcd');
    expect(pDataHeader(5, false, true, 2).toString('hex')).toBe('0400' + '00000008' + '00000004' + '05' + '02');
  }); // prettier-ignore

  it('cuts at the fragment length and marks the last piece only', () => {
    const encoded = encodePData(1, true, Buffer.alloc(5, 0xaa), 2).toString('hex');
    const piece = (control: string, value: string) =>
      `0400${(6 + value.length / 2).toString(16).padStart(8, '0')}${(2 + value.length / 2).toString(16).padStart(8, '0')}01${control}${value}`;
    expect(encoded).toBe(piece('01', 'aaaa') + piece('01', 'aaaa') + piece('03', 'aa'));
  });

  it.each([
    [0, 262_138],
    [8, 2],
    [16_384, 16_378],
    [16_385, 16_378],
    [0xffffffff, 262_138],
  ])('for a maximum length of %i a fragment has %i bytes', (maximum, length) => {
    expect(fragmentLength(maximum)).toBe(length);
  });
});
