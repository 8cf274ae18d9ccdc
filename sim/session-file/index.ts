/** Files that hold a session, in each form that there is of them. */
export { SessionFileError, type SessionFileErrorCode } from './error.js';
export { derFromFields, type SessionFields } from './fields.js';
export { fieldsFromJson, jsonFromFields, type SessionJson, sessionFormat } from './json.js';
export { pemOf, type ReadSession, readSessionFile, sessionLabel } from './read.js';
export { sessionWords } from './words.js';
