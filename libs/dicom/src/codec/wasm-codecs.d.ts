/** The part of the WASM codecs that this room uses; the packages ship no types. */
interface WasmFrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}
interface WasmFrameDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): WasmFrameInfo;
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}
type WasmModuleFactory<Key extends string> = (options?: {
  print?: (text: string) => void;
  printErr?: (text: string) => void;
}) => Promise<Record<Key, new () => WasmFrameDecoder>>;

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const factory: WasmModuleFactory<'JpegLSDecoder'>;
  export = factory;
}
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const factory: WasmModuleFactory<'J2KDecoder'>;
  export = factory;
}
declare module '@cornerstonejs/codec-openjph/wasmjs' {
  const factory: WasmModuleFactory<'HTJ2KDecoder'>;
  export = factory;
}
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  const factory: WasmModuleFactory<'JPEGDecoder'>;
  export = factory;
}
