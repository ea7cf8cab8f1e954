/** What state keeps outside the JS heap. */
export type Typed = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** Makes such an array over a buffer. */
export interface TypedConstructor<Array extends Typed> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): Array;
}

export const isTyped = (value: object): boolean => ArrayBuffer.isView(value);
