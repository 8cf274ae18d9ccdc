/** The bytes of the chosen message, field by field. */
import type { MomentOptions } from './moment.js';

export function Bytes(_options: MomentOptions) {
  return <p class="none">This report has no bytes of this event.</p>;
}
