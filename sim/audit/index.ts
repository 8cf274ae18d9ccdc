export { type EndDone, Handshakes, type Moment, opensWith } from './handshakes.js';
export { type AuditedProcess, ProcessAudit } from './process-audit.js';
