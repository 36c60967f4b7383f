import { ACTIONS, EVENTS, NEXT_STATES, STATE_TABLE, STATES, type EventName, type State } from './state-table';
import { AssociationMachine, type AssociationRole, type Effect, type MachineEvent } from './association-machine';
import { Rejection } from './rejection';
import type { AssociateAc, AssociateRq } from '../pdu/pdu';

const user = { maximumLength: 0, implementationClassUID: '1.2', roleSelections: [], extendedNegotiations: [] };
const common = { protocolVersion: 1, calledAETitle: 'A', callingAETitle: 'B', applicationContextName: '1.2.840.10008.3.1.1.1', userInformation: user }; // prettier-ignore
const request: AssociateRq = { kind: 'associate-rq', ...common, presentationContexts: [] };
const answer: AssociateAc = { kind: 'associate-ac', ...common, presentationContexts: [] };

const EVENT_VALUES: Readonly<Record<EventName, MachineEvent>> = {
  Evt1: { name: 'Evt1', request },
  Evt2: { name: 'Evt2' },
  Evt3: { name: 'Evt3', pdu: answer },
  Evt4: { name: 'Evt4', pdu: Rejection.NoReason },
  Evt5: { name: 'Evt5' },
  Evt6: { name: 'Evt6', pdu: request },
  Evt7: { name: 'Evt7', answer },
  Evt8: { name: 'Evt8', answer: Rejection.NoReason },
  Evt9: { name: 'Evt9', bytes: [Buffer.from('data')] },
  Evt10: { name: 'Evt10' },
  Evt11: { name: 'Evt11' },
  Evt12: { name: 'Evt12' },
  Evt13: { name: 'Evt13' },
  Evt14: { name: 'Evt14' },
  Evt15: { name: 'Evt15' },
  Evt16: { name: 'Evt16', pdu: { kind: 'abort', source: 2, reason: 1 } },
  Evt17: { name: 'Evt17' },
  Evt18: { name: 'Evt18' },
  Evt19: { name: 'Evt19', abortReason: 6 },
};

/** The shortest way from Sta1 to each state. */
const PATHS: Readonly<Record<State, readonly [AssociationRole, ...EventName[]]>> = {
  Sta1: ['acceptor'],
  Sta2: ['acceptor', 'Evt5'],
  Sta3: ['acceptor', 'Evt5', 'Evt6'],
  Sta4: ['requestor', 'Evt1'],
  Sta5: ['requestor', 'Evt1', 'Evt2'],
  Sta6: ['acceptor', 'Evt5', 'Evt6', 'Evt7'],
  Sta7: ['acceptor', 'Evt5', 'Evt6', 'Evt7', 'Evt11'],
  Sta8: ['acceptor', 'Evt5', 'Evt6', 'Evt7', 'Evt12'],
  Sta9: ['requestor', 'Evt1', 'Evt2', 'Evt3', 'Evt11', 'Evt12'],
  Sta10: ['acceptor', 'Evt5', 'Evt6', 'Evt7', 'Evt11', 'Evt12'],
  Sta11: ['requestor', 'Evt1', 'Evt2', 'Evt3', 'Evt11', 'Evt12', 'Evt14'],
  Sta12: ['acceptor', 'Evt5', 'Evt6', 'Evt7', 'Evt11', 'Evt12', 'Evt13'],
  Sta13: ['acceptor', 'Evt5', 'Evt6', 'Evt8'],
};

/** Effects of each action as words; P-DATA bytes, PDU type and A-ABORT source and reason included. PS3.8 Table 9-6 to 9-9. */
const EFFECTS: Readonly<Record<(typeof ACTIONS)[number], string>> = {
  'AE-1': 'connect',
  'AE-2': 'send 1',
  'AE-3': 'accepted',
  'AE-4': 'rejected close',
  'AE-5': 'start-artim',
  'AE-6': 'stop-artim associate',
  'AE-7': 'send 2',
  'AE-8': 'send 3 start-artim',
  'DT-1': 'send data',
  'DT-2': 'p-data',
  'AR-1': 'send 5',
  'AR-2': 'release',
  'AR-3': 'released close',
  'AR-4': 'send 6 start-artim',
  'AR-5': 'stop-artim',
  'AR-6': 'p-data',
  'AR-7': 'send data',
  'AR-8': 'release',
  'AR-9': 'send 6',
  'AR-10': 'released',
  'AA-1': 'send 7/0/0 start-artim',
  'AA-2': 'stop-artim close',
  'AA-3': 'aborted:peer-provider close',
  'AA-4': 'aborted:connection-lost',
  'AA-5': 'stop-artim',
  'AA-6': '',
  'AA-7': 'send 7/2/REASON',
  'AA-8': 'send 7/2/REASON aborted:ourselves start-artim',
};

function machineIn(state: State): AssociationMachine {
  const [role, ...events] = PATHS[state];
  const machine = new AssociationMachine(role);
  for (const event of events) machine.handle(EVENT_VALUES[event]);
  expect(machine.state).toBe(state);
  return machine;
}

function words(effects: readonly Effect[]): string {
  return effects.map(word).join(' ');
}

function word(effect: Effect): string {
  if (effect.kind === 'indicate') {
    const { indication } = effect;
    return indication.kind === 'aborted' ? `aborted:${indication.by}` : indication.kind;
  }
  if (effect.kind !== 'send') return effect.kind;
  const bytes = Buffer.concat(effect.bytes);
  if (bytes.equals(Buffer.from('data'))) return 'send data';
  return bytes[0] === 7 ? `send 7/${bytes[8]}/${bytes[9]}` : `send ${bytes[0]}`;
}

const CELLS = STATES.flatMap((state) => EVENTS.map((event) => [state, event, STATE_TABLE[event][state]] as const));

describe('PS3.8 Table 9-10', () => {
  it('has every action, and 123 cells', () => {
    const used = new Set(CELLS.flatMap(([, , action]) => action ?? []));
    expect([...used].sort()).toEqual([...ACTIONS].sort());
    expect(CELLS.filter(([, , action]) => action)).toHaveLength(123);
  });

  it('follows the rules behind the cells', () => {
    const expected = new Map<string, string>([
      ['Sta5 Evt3', 'AE-3'], ['Sta5 Evt4', 'AE-4'], ['Sta2 Evt6', 'AE-6'], ['Sta6 Evt10', 'DT-2'], ['Sta7 Evt10', 'AR-6'],
      ['Sta6 Evt12', 'AR-2'], ['Sta7 Evt12', 'AR-8'], ['Sta7 Evt13', 'AR-3'], ['Sta10 Evt13', 'AR-10'], ['Sta11 Evt13', 'AR-3'],
      ['Sta1 Evt1', 'AE-1'], ['Sta4 Evt2', 'AE-2'], ['Sta1 Evt5', 'AE-5'], ['Sta3 Evt7', 'AE-7'], ['Sta3 Evt8', 'AE-8'],
      ['Sta6 Evt9', 'DT-1'], ['Sta8 Evt9', 'AR-7'], ['Sta6 Evt11', 'AR-1'], ['Sta8 Evt14', 'AR-4'], ['Sta9 Evt14', 'AR-9'],
      ['Sta12 Evt14', 'AR-4'], ['Sta4 Evt15', 'AA-2'], ['Sta2 Evt16', 'AA-2'], ['Sta13 Evt16', 'AA-2'], ['Sta2 Evt17', 'AA-5'],
      ['Sta13 Evt17', 'AR-5'], ['Sta4 Evt17', 'AA-4'], ['Sta2 Evt18', 'AA-2'], ['Sta13 Evt18', 'AA-2'],
    ]); // prettier-ignore
    const connected = STATES.filter((state) => state !== 'Sta1' && state !== 'Sta4');
    const established = connected.filter((state) => state !== 'Sta2' && state !== 'Sta13');
    const rule = (states: readonly State[], events: readonly EventName[], action: string) => {
      for (const state of states) {
        for (const event of events) if (!expected.has(`${state} ${event}`)) expected.set(`${state} ${event}`, action);
      }
    };
    const pdus = ['Evt3', 'Evt4', 'Evt6', 'Evt10', 'Evt12', 'Evt13', 'Evt19'] as const;
    // A PDU out of place: before an association our user aborts, during it the provider does, after it nobody cares,
    // except for what might begin another association or is no PDU at all.
    rule(['Sta2'], pdus, 'AA-1');
    rule(['Sta13'], ['Evt6', 'Evt19'], 'AA-7');
    rule(['Sta13'], pdus, 'AA-6');
    rule(established, pdus, 'AA-8');
    rule(established, ['Evt15'], 'AA-1');
    rule(established, ['Evt16'], 'AA-3');
    rule(established, ['Evt17'], 'AA-4');
    const table = CELLS.flatMap(([state, event, action]) => (action ? [[`${state} ${event}`, action] as const] : []));
    expect(new Map([...table].sort())).toEqual(new Map([...expected].sort()));
  });

  it.each(CELLS)('%s %s: %s', (state, event, action) => {
    const machine = machineIn(state);
    const effects = machine.handle(EVENT_VALUES[event]);
    if (action === undefined) {
      expect(effects).toEqual([]);
      expect(machine.state).toBe(state);
      return;
    }
    const reason = event === 'Evt19' ? '6' : '2';
    expect(words(effects)).toBe(EFFECTS[action].replace('REASON', reason));
    const [first, second] = NEXT_STATES[action];
    const next = action === 'AR-8' && machine.role === 'acceptor' ? second : first;
    expect(machine.state).toBe(next);
  });

  it('AE-6 rejects what the provider cannot take, and AR-8 makes the requestor answer first', () => {
    const machine = machineIn('Sta2');
    const refusal = Rejection.ProtocolVersionNotSupported;
    expect(words(machine.handle({ name: 'Evt6', pdu: request, refusal }))).toBe('stop-artim send 3 start-artim');
    expect(machine.state).toBe('Sta13');
    expect(machineIn('Sta9').role).toBe('requestor');
  });
});
