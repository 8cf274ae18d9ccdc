/** Text that may have come from anybody, as a terminal can show it. */

/** Control characters but the end of a line, and those that take no room or turn the text round: byte order marks, joiners, overrides. */
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** What is not seen, or would steer the terminal, as JSON escapes it. */
export function readable(text: string): string {
  return text.replace(unseen, (character) =>
    Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
