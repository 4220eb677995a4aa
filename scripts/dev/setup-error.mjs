/** A set-up that cannot go on; the message alone tells the user what to do. */
export class SetupError extends Error {}
