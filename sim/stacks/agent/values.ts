/** What a program's arguments are to C. */
import type { ArgumentValue } from '../stack.js';

export function isObject(value: ArgumentValue | undefined): value is { readonly object: number } {
  return typeof value === 'object' && value !== null && 'object' in value;
}

export function idOf(value: ArgumentValue | undefined): number {
  return isObject(value) ? value.object : 0;
}

export function wordOf(value: ArgumentValue | undefined): string {
  return typeof value === 'object' && value !== null && 'word' in value ? value.word : '';
}

export function bytesOf(value: ArgumentValue | undefined): Uint8Array {
  return typeof value === 'object' && value !== null && 'bytes' in value ? value.bytes : new Uint8Array();
}

export function textOf(value: ArgumentValue | undefined): string {
  return typeof value === 'object' && value !== null && 'text' in value ? value.text : '';
}

/** The characters and a NUL; NULL for none. */
export function cString(value: ArgumentValue | undefined): Uint8Array | null {
  if (typeof value !== 'object' || value === null || !('text' in value)) return null;
  return new Uint8Array(Buffer.from(`${value.text}\0`, 'utf8'));
}
