/** All rules of the house, by the name that a report shows. */
import type { Rule } from '../house.ts';
import { documentation } from './documentation.ts';
import { errors } from './errors.ts';
import { machines } from './machines.ts';
import { names } from './names.ts';
import { rooms } from './rooms.ts';
import { sizes } from './sizes.ts';

/** The rules by name. */
export const rules: Readonly<Record<string, Rule>> = {
  documentation,
  errors,
  machines,
  names,
  rooms,
  sizes,
};
