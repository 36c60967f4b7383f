/** States of the upper layer. @standard PS3.8 9.2.1 */
export const STATES = [
  'Sta1', 'Sta2', 'Sta3', 'Sta4', 'Sta5', 'Sta6', 'Sta7', 'Sta8', 'Sta9', 'Sta10', 'Sta11', 'Sta12', 'Sta13',
] as const; // prettier-ignore

/**
 * One state: Sta1 idle, Sta2 connection open, awaiting A-ASSOCIATE-RQ, Sta3 awaiting our answer to it, Sta4 awaiting
 * the connection, Sta5 awaiting A-ASSOCIATE-AC or -RJ, Sta6 established, Sta7 awaiting A-RELEASE-RP, Sta8 awaiting our
 * release response, Sta9 to Sta12 release collision, Sta13 awaiting the close of the connection.
 */
export type State = (typeof STATES)[number];

/** Events of the upper layer. @standard PS3.8 Table 9-10 */
export const EVENTS = [
  'Evt1', 'Evt2', 'Evt3', 'Evt4', 'Evt5', 'Evt6', 'Evt7', 'Evt8', 'Evt9', 'Evt10',
  'Evt11', 'Evt12', 'Evt13', 'Evt14', 'Evt15', 'Evt16', 'Evt17', 'Evt18', 'Evt19',
] as const; // prettier-ignore

/** One event, by its number in the standard. */
export type EventName = (typeof EVENTS)[number];

/** Actions of the upper layer. @standard PS3.8 Table 9-6 to 9-9 */
export const ACTIONS = [
  'AE-1', 'AE-2', 'AE-3', 'AE-4', 'AE-5', 'AE-6', 'AE-7', 'AE-8', 'DT-1', 'DT-2',
  'AR-1', 'AR-2', 'AR-3', 'AR-4', 'AR-5', 'AR-6', 'AR-7', 'AR-8', 'AR-9', 'AR-10',
  'AA-1', 'AA-2', 'AA-3', 'AA-4', 'AA-5', 'AA-6', 'AA-7', 'AA-8',
] as const; // prettier-ignore

/** One action, by its name in the standard. */
export type ActionName = (typeof ACTIONS)[number];

/**
 * Table 9-10 as printed: a row per event, a column per state, `.` where the standard leaves the cell empty.
 *
 * Evt1 A-ASSOCIATE request, Evt2 transport connected, Evt3 A-ASSOCIATE-AC, Evt4 A-ASSOCIATE-RJ, Evt5 transport
 * connection indication, Evt6 A-ASSOCIATE-RQ, Evt7 response accept, Evt8 response reject, Evt9 P-DATA request,
 * Evt10 P-DATA-TF, Evt11 A-RELEASE request, Evt12 A-RELEASE-RQ, Evt13 A-RELEASE-RP, Evt14 A-RELEASE response,
 * Evt15 A-ABORT request, Evt16 A-ABORT, Evt17 transport closed, Evt18 ARTIM expired, Evt19 invalid PDU.
 */
const TABLE_9_10 = `
       Sta1 Sta2 Sta3 Sta4 Sta5 Sta6 Sta7 Sta8 Sta9 Sta10 Sta11 Sta12 Sta13
Evt1   AE-1 .    .    .    .    .    .    .    .    .     .     .     .
Evt2   .    .    .    AE-2 .    .    .    .    .    .     .     .     .
Evt3   .    AA-1 AA-8 .    AE-3 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8  AA-8  AA-6
Evt4   .    AA-1 AA-8 .    AE-4 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8  AA-8  AA-6
Evt5   AE-5 .    .    .    .    .    .    .    .    .     .     .     .
Evt6   .    AE-6 AA-8 .    AA-8 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8  AA-8  AA-7
Evt7   .    .    AE-7 .    .    .    .    .    .    .     .     .     .
Evt8   .    .    AE-8 .    .    .    .    .    .    .     .     .     .
Evt9   .    .    .    .    .    DT-1 .    AR-7 .    .     .     .     .
Evt10  .    AA-1 AA-8 .    AA-8 DT-2 AR-6 AA-8 AA-8 AA-8  AA-8  AA-8  AA-6
Evt11  .    .    .    .    .    AR-1 .    .    .    .     .     .     .
Evt12  .    AA-1 AA-8 .    AA-8 AR-2 AR-8 AA-8 AA-8 AA-8  AA-8  AA-8  AA-6
Evt13  .    AA-1 AA-8 .    AA-8 AA-8 AR-3 AA-8 AA-8 AR-10 AR-3  AA-8  AA-6
Evt14  .    .    .    .    .    .    .    AR-4 AR-9 .     .     AR-4  .
Evt15  .    .    AA-1 AA-2 AA-1 AA-1 AA-1 AA-1 AA-1 AA-1  AA-1  AA-1  .
Evt16  .    AA-2 AA-3 .    AA-3 AA-3 AA-3 AA-3 AA-3 AA-3  AA-3  AA-3  AA-2
Evt17  .    AA-5 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4  AA-4  AA-4  AR-5
Evt18  .    AA-2 .    .    .    .    .    .    .    .     .     .     AA-2
Evt19  .    AA-1 AA-8 .    AA-8 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8  AA-8  AA-7
`;

/** The state after each action; AE-6 and AR-8 choose between two. @standard PS3.8 Table 9-6 to 9-9 */
export const NEXT_STATES: Readonly<Record<ActionName, readonly [State] | readonly [State, State]>> = {
  'AE-1': ['Sta4'],
  'AE-2': ['Sta5'],
  'AE-3': ['Sta6'],
  'AE-4': ['Sta1'],
  'AE-5': ['Sta2'],
  'AE-6': ['Sta3', 'Sta13'],
  'AE-7': ['Sta6'],
  'AE-8': ['Sta13'],
  'DT-1': ['Sta6'],
  'DT-2': ['Sta6'],
  'AR-1': ['Sta7'],
  'AR-2': ['Sta8'],
  'AR-3': ['Sta1'],
  'AR-4': ['Sta13'],
  'AR-5': ['Sta1'],
  'AR-6': ['Sta7'],
  'AR-7': ['Sta8'],
  'AR-8': ['Sta9', 'Sta10'],
  'AR-9': ['Sta11'],
  'AR-10': ['Sta12'],
  'AA-1': ['Sta13'],
  'AA-2': ['Sta1'],
  'AA-3': ['Sta1'],
  'AA-4': ['Sta1'],
  'AA-5': ['Sta1'],
  'AA-6': ['Sta13'],
  'AA-7': ['Sta13'],
  'AA-8': ['Sta13'],
};

type Row = Partial<Record<State, ActionName>>;

/**
 * The action for each event and state; an absent cell is one that cannot occur.
 * @standard PS3.8 Table 9-10
 */
export const STATE_TABLE: Readonly<Record<EventName, Readonly<Row>>> = parseTable(TABLE_9_10);

function parseTable(text: string): Record<EventName, Row> {
  const [head = [], ...body] = text.trim().split('\n').map((line) => line.trim().split(/\s+/)); // prettier-ignore
  const rows = body.map(([event, ...cells]) => {
    const filled = cells.map((cell, column) => [head[column], cell] as const).filter(([, cell]) => cell !== '.');
    return [event, Object.fromEntries(filled)];
  });
  return Object.fromEntries(rows) as Record<EventName, Row>;
}
