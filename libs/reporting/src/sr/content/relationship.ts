/** Value types that our reports use. @standard PS3.3 C.17.3.2.1 */
export type ValueType = 'CONTAINER' | 'CODE' | 'NUM' | 'TEXT' | 'UIDREF' | 'IMAGE' | 'SCOORD' | 'SCOORD3D';

/** Relationship of a content item to its parent. @standard PS3.3 C.17.3.2.4 */
export type Relationship =
  | 'CONTAINS'
  | 'HAS OBS CONTEXT'
  | 'HAS ACQ CONTEXT'
  | 'HAS CONCEPT MOD'
  | 'HAS PROPERTIES'
  | 'INFERRED FROM'
  | 'SELECTED FROM';

const EVERYTHING: readonly ValueType[] = ['CONTAINER', 'CODE', 'NUM', 'TEXT', 'UIDREF', 'IMAGE', 'SCOORD', 'SCOORD3D'];

/** What may stand where, by value, as far as we use it. @standard PS3.3 A.35.3.3.1.2, PS3.3 A.35.13.3.1.2 */
const TABLE: readonly (readonly [readonly ValueType[], Relationship, readonly ValueType[]])[] = [
  [['CONTAINER'], 'CONTAINS', EVERYTHING],
  [['CONTAINER', 'TEXT', 'CODE', 'NUM'], 'HAS OBS CONTEXT', ['TEXT', 'CODE', 'NUM', 'UIDREF']],
  [['CONTAINER', 'IMAGE', 'NUM'], 'HAS ACQ CONTEXT', ['TEXT', 'CODE', 'NUM', 'UIDREF', 'CONTAINER']],
  [EVERYTHING, 'HAS CONCEPT MOD', ['TEXT', 'CODE']],
  [['TEXT', 'CODE', 'NUM'], 'HAS PROPERTIES', ['TEXT', 'CODE', 'NUM', 'UIDREF', 'IMAGE', 'SCOORD', 'SCOORD3D']],
  [['TEXT', 'CODE', 'NUM'], 'INFERRED FROM', ['TEXT', 'CODE', 'NUM', 'UIDREF', 'IMAGE', 'SCOORD', 'SCOORD3D']],
  [['SCOORD'], 'SELECTED FROM', ['IMAGE']],
];

/** Whether the IOD lets a content item of one type have one of another type in this relationship. */
export function mayRelate(parent: ValueType, relationship: Relationship, child: ValueType): boolean {
  return TABLE.some(
    ([parents, name, children]) => name === relationship && parents.includes(parent) && children.includes(child),
  );
}
