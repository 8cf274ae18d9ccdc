export { type AuditedProcess, ProcessAudit } from './process-audit.js';
