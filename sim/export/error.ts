/** A program, or a call in it, that cannot be said in C. */
export class ExportError extends Error {
  readonly code = 'EXPORT_REFUSED';
  /** Where: `steps[3]`. */
  readonly place: string;
  constructor(place: string, reason: string) {
    super(`${place}: ${reason}`);
    this.name = 'ExportError';
    this.place = place;
  }
}
