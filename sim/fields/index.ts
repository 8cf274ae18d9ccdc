/** Bytes of connections, field by field, each with the section that defines it. */
export {
  type BytesOfOptions,
  BytesRecorder,
  bytesOf,
  type ConnectionBytes,
  type RecorderOptions,
  type RunBytes,
  type Segment,
  type StreamBytes,
  streamBytesMax,
} from './bytes-of.js';
export { type FieldsOptions, fieldsOfConnection, fieldsOfStream } from './connection.js';
export type { ConnectionFields, Field, Inside, Message, StreamFields } from './field.js';
export { KeyLog } from './key-log.js';
export { messageAt, type Place, placesOf, type Said } from './places.js';
