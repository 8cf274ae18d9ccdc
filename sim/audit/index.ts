export { type EndDone, Handshakes, type Moment } from './handshakes.js';
export { type AuditedProcess, ProcessAudit } from './process-audit.js';
