/** Runs as other tools show them: Perfetto's timeline, Mermaid's diagram. */
export { MermaidWriter, toMermaid } from './mermaid.js';
export { PerfettoWriter, toPerfetto } from './perfetto.js';
