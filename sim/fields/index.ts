/** Bytes of connections, field by field, each with the section that defines it. */
export { type FieldsOptions, fieldsOfConnection, fieldsOfStream } from './connection.js';
export type { ConnectionFields, Field, Inside, Message, StreamFields } from './field.js';
