/**
 * The check of a stack at compile time. A piece that cannot be made gets a type that is a sentence:
 * the compiler prints it beside the name of the piece.
 */
import type { AnyPart, Part } from './part.ts';

/** What a stack is made of: parts and ready pieces, by role name. */
export type StackPieces = Readonly<Record<string, unknown>>;

/** What stands under a role name once it is made. */
export type PieceOf<Entry> = Entry extends {
  readonly kind: 'dwcp/part';
  readonly make: (needs: never) => infer Piece;
}
  ? Piece
  : Entry;

/** The pieces themselves where they are complete, and a sentence where they are not. */
export type Complete<Pieces extends StackPieces> = {
  readonly [Role in keyof Pieces]: [ProblemOf<Pieces, Pieces[Role]>] extends [never]
    ? Pieces[Role]
    : ProblemOf<Pieces, Pieces[Role]>;
};

/** Why an entry cannot be made of the other pieces, as a sentence; `never` when it can. */
export type ProblemOf<Pieces extends StackPieces, Entry> = Entry extends AnyPart
  ? Entry extends Part<infer Name, infer Needs, unknown>
    ? Missing<Pieces, Name> | Unlisted<Name, Needs> | Unfit<Pieces, Name, Needs>
    : never
  : never;

type Missing<Pieces, Name extends string> =
  Exclude<Name, keyof Pieces> extends infer Role extends string
    ? `needs a piece "${Role}", which the stack does not have`
    : never;

type Unlisted<Name extends string, Needs> =
  Exclude<RequiredKeys<Needs>, Name> extends infer Role extends string
    ? `uses "${Role}" without listing it among its needs`
    : never;

type RequiredKeys<Needs> = {
  [Role in keyof Needs]-?: Record<never, never> extends Pick<Needs, Role> ? never : Role;
}[keyof Needs];

type Unfit<Pieces, Name extends string, Needs> = {
  [Role in Name & keyof Pieces & keyof Needs]: PieceOf<Pieces[Role]> extends Needs[Role]
    ? never
    : `needs another type of "${Role & string}" than the stack has`;
}[Name & keyof Pieces & keyof Needs];
