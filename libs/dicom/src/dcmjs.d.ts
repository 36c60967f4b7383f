/** The part of dcmjs that this project uses; the package ships no types. */
declare module 'dcmjs' {
  interface TagObject {
    vr: string;
    Value: unknown[];
  }
  export const data: {
    DicomMessage: {
      write(
        elements: Record<string, TagObject>,
        stream: unknown,
        transferSyntaxUID: string,
        options: { allowInvalidVRLength?: boolean; fragmentMultiframe?: boolean },
      ): number;
    };
    WriteBufferStream: new (defaultSize: number, littleEndian: boolean) => { getBuffer(): ArrayBuffer; size: number };
  };
  export const log: { setLevel(level: string): void };
}
