/** A length as style sheets write it. */
export function px(length: number): string {
  return `${length}px`;
}
