/** A report as one HTML file: the page that `npm run build` made, with the data inside. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { decisionOf } from '../explain/index.js';
import type { CollectedRun } from './collect.js';
import { type CampaignHead, headElement, payloadElement, type ReportData, reportFormat } from './data.js';

/** What the page has where the data go. */
const dataMark = '<!--simtls-report-data-->';

export interface Report {
  readonly title: string;
  /** Of simtls. */
  readonly version: string;
  readonly runs: readonly CollectedRun[];
  readonly campaign?: CampaignHead;
  readonly decisionCodes: ReadonlySet<string>;
}

/**
 * The file in pieces, in order: it need not be in memory as a whole.
 * @throws Error where the page was not built
 */
export async function* reportFile({ title, version, runs, campaign, decisionCodes }: Report): AsyncGenerator<string> {
  const page = readFileSync(fileURLToPath(new URL('page.html', import.meta.url)), 'utf8');
  const at = page.indexOf(dataMark);
  if (at < 0) throw new Error(`the report's page has no ${dataMark}: npm run build makes it anew`);
  const data: ReportData = {
    format: reportFormat,
    simtls: version,
    title,
    runs: runs.map(({ head }) => head),
    ...(campaign === undefined ? {} : { campaign }),
    decisions: Object.fromEntries([...decisionCodes].flatMap((code) => wordsOfDecision(code))),
  };
  yield page.slice(0, at).replace('<title>simtls</title>', `<title>${escaped(title)}</title>`);
  yield `<script type="application/json" id="${headElement}">${scriptSafe(JSON.stringify(data))}</script>\n`;
  for (const [run, { pieces }] of runs.entries()) {
    yield `<script type="text/plain" id="${payloadElement(run)}">`;
    yield* packed(pieces);
    yield '</script>\n';
  }
  yield page.slice(at + dataMark.length);
}

/** Compressed (RFC 1952), in base64. */
async function* packed(pieces: readonly Uint8Array[]): AsyncGenerator<string> {
  const gzip = createGzip();
  gzip.end(Buffer.concat(pieces));
  let left = Buffer.alloc(0);
  for await (const chunk of gzip) {
    left = Buffer.concat([left, chunk as Buffer]); // a stream of bytes gives buffers
    const whole = left.length - (left.length % 3);
    yield left.subarray(0, whole).toString('base64');
    left = left.subarray(whole);
  }
  yield left.toString('base64');
}

function wordsOfDecision(code: string): readonly (readonly [string, ReportData['decisions'][string]])[] {
  const known = decisionOf(code);
  if (known === undefined) return [];
  const { side, verdict, means, where, helps } = known;
  return [[code, { side, verdict, means, where, helps }]];
}

/** JSON that ends no script element and no line of JavaScript. */
function scriptSafe(json: string): string {
  return json.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
