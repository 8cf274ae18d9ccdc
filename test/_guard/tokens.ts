/** The tokens of a TypeScript file: enough to tell code from comments, strings, templates and regular expressions. */

export type TokenKind = 'name' | 'number' | 'string' | 'template' | 'regex' | 'punctuation' | 'comment';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a string what stands between its quotes, of a template one piece between its `${…}`. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

const space = /\s+/y;
const comment = /^#![^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const name = /[#$_\p{L}][$_\p{L}\p{N}]*/uy;
const number = /\d[\w.]*/y;
const string = /'((?:[^'\\\n]|\\[\s\S])*)'|"((?:[^"\\\n]|\\[\s\S])*)"/y;
const regex = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const templatePiece = /((?:[^`\\$]|\\[\s\S]|\$(?!\{))*)(`|\$\{)/y;
const punctuation = /\.\.\.|=>|\?\.(?!\d)|\+\+|--|[=!]==?|./y;

/** After these a slash begins a regular expression, although they are names. */
const operatorWords: ReadonlySet<string> = new Set(
  'return typeof case in of void delete throw new else do await yield instanceof extends'.split(' '),
);
const endsOfValues: ReadonlySet<string> = new Set([')', ']', '}', '++', '--']);

/** All tokens of `text`, comments among them. What no rule fits becomes one character of punctuation. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const openTemplates: number[] = []; // for each open `${`, how many braces are open within it
  let at = 0;
  let line = 1;
  let before: Token | undefined; // the last token that is no comment

  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const push = (kind: TokenKind, written: string, whole: string): void => {
    const token = { kind, text: written, line };
    tokens.push(token);
    if (kind !== 'comment') before = token;
    skip(whole);
  };
  const skip = (whole: string): void => {
    at += whole.length;
    for (const character of whole) if (character === '\n') line += 1;
  };
  const pieceOfTemplate = (): void => {
    const piece = match(templatePiece);
    if (piece === null) throw new Error(`line ${line}: this template does not end`);
    push('template', piece[1] ?? '', piece[1] ?? '');
    if (piece[2] === '${') openTemplates.push(0);
    skip(piece[2] ?? '');
  };

  while (at < text.length) {
    const blank = match(space);
    if (blank !== null) {
      skip(blank[0]);
      continue;
    }
    if (text[at] === '`') {
      skip('`');
      pieceOfTemplate();
      continue;
    }
    const inTemplate = openTemplates.length - 1;
    if (text[at] === '}' && openTemplates[inTemplate] === 0) {
      openTemplates.pop();
      skip('}');
      pieceOfTemplate();
      continue;
    }
    const found =
      first('comment', match(comment)) ??
      first('name', match(name)) ??
      first('number', match(number)) ??
      first('string', match(string)) ??
      (mayBeginRegex(before) ? first('regex', match(regex)) : undefined) ??
      first('punctuation', match(punctuation));
    if (found === undefined) break;
    if (inTemplate >= 0 && found.whole === '{') openTemplates[inTemplate]! += 1;
    if (inTemplate >= 0 && found.whole === '}') openTemplates[inTemplate]! -= 1;
    push(found.kind, found.written, found.whole);
  }
  return tokens;
}

function first(
  kind: TokenKind,
  match: RegExpExecArray | null,
): { kind: TokenKind; written: string; whole: string } | undefined {
  if (match === null) return undefined;
  return { kind, written: match[1] ?? match[2] ?? match[0], whole: match[0] };
}

function mayBeginRegex(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'name') return operatorWords.has(before.text);
  return before.kind === 'punctuation' && !endsOfValues.has(before.text);
}
