/** Each text once, by its number. */
export class Strings {
  readonly #numbers = new Map<string, number>();
  #characters = 0;

  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    this.#characters += text.length;
    return number;
  }

  get characters(): number {
    return this.#characters;
  }

  get all(): readonly string[] {
    return [...this.#numbers.keys()];
  }
}
