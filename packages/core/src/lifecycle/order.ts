import { DwcpError } from '../errors.ts';

/**
 * The names in an order in which each one follows all that it depends on; apart from that, in the
 * order given. Depth-first search (Cormen et al., "Introduction to Algorithms", section 20.4).
 * Throws `ERR_DWCP_INVALID_ARGUMENT` for an unknown name or a cycle, with the names on it.
 */
export function dependencyOrder(dependencies: ReadonlyMap<string, readonly string[]>): string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name)) return;
    const needs = dependencies.get(name);
    const chain = [...path, name];
    if (needs === undefined) throw missing(name, path.at(-1));
    if (path.includes(name)) throw cycle(chain.slice(path.indexOf(name)));
    for (const need of needs) visit(need, chain);
    done.add(name);
    order.push(name);
  };
  for (const name of dependencies.keys()) visit(name, []);
  return order;
}

function missing(name: string, neededBy = ''): DwcpError {
  return new DwcpError(
    'ERR_DWCP_INVALID_ARGUMENT',
    `"${neededBy}" needs "${name}", which is not there`,
  );
}

function cycle(names: readonly string[]): DwcpError {
  const path = names.map((name) => `"${name}"`).join(' needs ');
  return new DwcpError('ERR_DWCP_INVALID_ARGUMENT', `parts need each other in a circle: ${path}`);
}
