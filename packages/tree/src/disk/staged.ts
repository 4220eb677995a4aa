/** Files in the staging folder. */
import { unlinkSync } from 'node:fs';

/** Removes a staged file that is not wanted; a failure leaves it to the age limit of the staging folder. */
export function removeStaged(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    // Gone already, or left behind: see above.
    void error;
  }
}
