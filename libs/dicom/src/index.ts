export * from './errors';
export { Tag, dictionaryVr, formatTag, tagOfKeyword, type Vr } from './element/tag';
export * from './uid/uid';
export * from './uid/implementation';
export * from './uid/transfer-syntax';
export * from './uid/sop-class';
export { encodeFileMeta, PREAMBLE_LENGTH, type FileMeta } from './part10/file-meta';
export { formatDecimalString, type NaturalDataset, type NaturalValue } from './part10/natural-dataset';
export { encodeDataSet, encodePart10 } from './part10/encode-part10';
export * from './geometry/vector';
export * from './geometry/affine';
export * from './geometry/image-plane';
export { maskOutlines, type PixelOutline } from './geometry/mask-outline';
export { DataSet, type DataElement, type PixelData } from './element/data-set';
export { parseDataSet, type ParseOptions } from './element/parse-data-set';
export { readFileMeta, readPart10, type ReadFileMeta } from './part10/read-part10';
export { decodeText, type CharacterSets } from './charset/character-set';
export { DataSetScanner, type ScanLimits, type ScannedHeader } from './element/data-set-scanner';
export { decodeFrame } from './codec/decode-frame';
export { framesOf } from './codec/frames';
export {
  checkPixelDescription,
  readPixelDescription,
  type FramePixels,
  type PixelDescription,
} from './codec/pixel-description';
