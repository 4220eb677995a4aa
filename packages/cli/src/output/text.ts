/** Numbers for people, and names of peers and files that may be hostile. */
import { formatDuration, formatSize } from '@dwcp/core';

/** A size to three digits: `12.3MB`. */
export function sizeText(sizeBytes: number): string {
  return formatSize(Math.round(sizeBytes), { significantDigits: 3 });
}

/** A duration to two digits: `1.2s`. */
export function durationText(durationMs: number): string {
  return formatDuration(durationMs, { significantDigits: 2 });
}

/** `1 file`, `2 files`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Longest text that is shown in full. */
const maxLength = 1000;

/**
 * A text of a peer as a terminal may show it: control characters and invisible ones (which could
 * move the cursor, hide lines or reverse names) are written as escapes, and long texts are cut.
 */
export function visible(text: string): string {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return shown.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`,
  );
}
