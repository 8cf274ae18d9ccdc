/** Runs as timelines, as diagrams, and moment by moment. */
export { MermaidWriter, toMermaid } from './mermaid.js';
export { type Arrow, type Moment, Moments, type Standing } from './moments.js';
export { PerfettoWriter, toPerfetto } from './perfetto.js';
export { headLine, hostLine, type Labels, momentLines, standingLine } from './screen.js';
