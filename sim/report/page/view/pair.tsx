/** Two runs side by side, aligned where they part. */
import type { ReportData } from '../../data.js';
import type { Run } from '../data/run.js';

export function Pair(_options: { readonly data: ReportData; readonly left: Run; readonly right: Run }) {
  return null;
}
