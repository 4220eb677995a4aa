/** Reading and writing of quantities with units, exactly: no step rounds before the last one. */
import { DwcpError } from '../errors.ts';

/** One unit of a kind of quantity. */
export interface Unit {
  /** Accepted spellings; the first one is written. */
  readonly names: readonly [string, ...string[]];
  /** Size of the unit in base units times 10^`baseScale`, so that it is whole. */
  readonly factor: bigint;
}

/** A kind of quantity: rates, durations or sizes. */
export interface QuantityKind {
  /** For error messages: `a rate`. */
  readonly noun: string;
  /** For error messages: a few accepted forms. */
  readonly examples: string;
  /** The decimal places of the smallest unit in base units. */
  readonly baseScale: number;
  /** True when only whole base units make sense. */
  readonly whole: boolean;
  /** From small to large. */
  readonly units: readonly Unit[];
}

/** Options of the three `format` functions. */
export interface FormatOptions {
  /** Rounds to so many significant digits, 1 … 17. @default exact: parsing gives the same number */
  readonly significantDigits?: number;
}

/** Longer texts are not numbers that anybody wrote. */
const quantity = /^(\d{1,24})(?:\.(\d{1,360}))? ?([A-Za-zµ/]{1,8})$/;

/** The number of base units in a text; a number is checked and returned as it is. */
export function parseQuantity(kind: QuantityKind, input: string | number): number {
  if (typeof input === 'number') return checked(kind, input, input);
  const [, whole = '', fraction = '', name = ''] = quantity.exec(input) ?? [];
  const unit = kind.units.find((candidate) => candidate.names.includes(name));
  if (unit === undefined) throw refusal(kind, input);
  const digits = BigInt(whole + fraction) * unit.factor;
  // The only rounding: Number() takes the nearest double to the decimal, which is exact.
  return checked(kind, Number(`${digits}e-${fraction.length + kind.baseScale}`), input);
}

/** The shortest text that is exact; of equally short ones that with the largest unit. */
export function formatQuantity(kind: QuantityKind, value: number, options: FormatOptions): string {
  const { significantDigits } = options;
  checked(kind, value, value);
  if (significantDigits === undefined) return shortest(kind, value);
  if (!Number.isInteger(significantDigits) || significantDigits < 1 || significantDigits > 17) {
    throw new DwcpError(
      'ERR_DWCP_INVALID_ARGUMENT',
      `significantDigits is ${significantDigits}, outside 1 … 17`,
    );
  }
  const rounded = Number(value.toPrecision(significantDigits));
  return shortest(kind, kind.whole ? Math.round(rounded) : rounded);
}

function shortest(kind: QuantityKind, value: number): string {
  const { digits, scale } = decimal(value);
  const scaled = digits * 10n ** BigInt(kind.baseScale);
  let best = '';
  for (const unit of kind.units) {
    const text = exactDecimal(scaled, 10n ** BigInt(scale) * unit.factor, best === '');
    if (text !== undefined && (best === '' || text.length + unit.names[0].length <= best.length)) {
      best = text + unit.names[0];
    }
  }
  return best;
}

/** The digits of a number as JavaScript writes it, which is exact: value = digits / 10^scale. */
function decimal(value: number): { readonly digits: bigint; readonly scale: number } {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** Most decimal places that are written for any but the smallest unit. */
const maxPlaces = 9;

/** `numerator / denominator` as a decimal, or undefined if it is below 1 or has too many places. */
function exactDecimal(
  numerator: bigint,
  denominator: bigint,
  anyPlaces: boolean,
): string | undefined {
  if (!anyPlaces && numerator < denominator) return undefined;
  // The smallest unit's factor is a power of ten at most: as many places as the denominator has.
  const places = anyPlaces ? Math.max(maxPlaces, denominator.toString().length) : maxPlaces;
  const shifted = numerator * 10n ** BigInt(places);
  if (shifted % denominator !== 0n) return undefined;
  const text = (shifted / denominator).toString().padStart(places + 1, '0');
  return `${text.slice(0, -places)}.${text.slice(-places)}`.replace(/\.?0+$/, '');
}

function checked(kind: QuantityKind, value: number, input: string | number): number {
  const valid = kind.whole ? Number.isSafeInteger(value) : value <= Number.MAX_SAFE_INTEGER;
  if (valid && value >= 0) return value;
  throw refusal(kind, input);
}

function refusal(kind: QuantityKind, input: string | number): DwcpError {
  const names = kind.units.map((unit) => unit.names[0]).join(', ');
  return new DwcpError(
    'ERR_DWCP_INVALID_ARGUMENT',
    `${JSON.stringify(input)} is not ${kind.noun}: write ${kind.examples} (units: ${names})`,
  );
}
