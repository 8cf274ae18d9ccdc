import { ascii } from './bytes.js';
import { DerTag, type DerValue, encode } from './der.js';

const dayMs = 86_400_000;
const zulu = 0x5a; // Z

/**
 * RFC 5280 §4.1.2.5: UTCTime up to 2049, GeneralizedTime from 2050, to the second.
 * @param ms - milliseconds since the Unix epoch
 */
export function encodeTime(ms: number): Uint8Array {
  const days = Math.floor(ms / dayMs);
  const { year, month, day } = civilDate(days);
  const seconds = Math.floor((ms - days * dayMs) / 1000);
  const parts = [month, day, Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const rest = `${parts.map((part) => String(part).padStart(2, '0')).join('')}Z`;
  return year >= 1950 && year < 2050
    ? encode(DerTag.utcTime, ascii(String(year % 100).padStart(2, '0') + rest))
    : encode(DerTag.generalizedTime, ascii(String(year).padStart(4, '0') + rest));
}

/** Milliseconds since the Unix epoch, or undefined for what is no time as RFC 5280 §4.1.2.5 wants it. */
export function decodeTime(value: Pick<DerValue, 'tag' | 'contents'>): number | undefined {
  if (value.tag !== DerTag.utcTime && value.tag !== DerTag.generalizedTime) {
    return undefined;
  }
  const { contents } = value;
  const yearDigits = value.tag === DerTag.utcTime ? 2 : 4;
  if (contents.length !== yearDigits + 11 || contents[contents.length - 1] !== zulu) {
    return undefined;
  }
  const written = yearDigits === 4 ? 100 * twoDigits(contents, 0) + twoDigits(contents, 2) : twoDigits(contents, 0);
  const year = yearDigits === 4 ? written : written + (written >= 50 ? 1900 : 2000);
  const month = twoDigits(contents, yearDigits);
  const day = twoDigits(contents, yearDigits + 2);
  const hour = twoDigits(contents, yearDigits + 4);
  const minute = twoDigits(contents, yearDigits + 6);
  const second = twoDigits(contents, yearDigits + 8);
  const days = epochDays(year, month, day);
  const real = civilDate(days);
  // What was no digit is NaN, which is equal to nothing and below nothing.
  if (real.month !== month || real.day !== day || !(hour <= 23 && minute <= 59 && second <= 59)) {
    return undefined;
  }
  return days * dayMs + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** The number that two ASCII digits spell, NaN where they are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  return 10 * digit(bytes[at]) + digit(bytes[at + 1]);
}

function digit(byte = 0): number {
  return byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : Number.NaN;
}

/** The Gregorian date of a day counted from 1970-01-01. Years begin in March, so that the leap day comes last. */
function civilDate(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const fromMarch = days + 719_468;
  const era = Math.floor(fromMarch / 146_097);
  const dayOfEra = fromMarch - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

/** The inverse of `civilDate`. */
function epochDays(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}
