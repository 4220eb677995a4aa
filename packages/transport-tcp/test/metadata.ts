/**
 * The four functions of the `reflect-metadata` package that `@peculiar/x509` needs by way of
 * tsyringe. To be imported before it.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();

function getOwnMetadata(key: unknown, target: object): unknown {
  return metadata.get(target)?.get(key);
}

function getMetadata(key: unknown, target: object | null): unknown {
  if (target === null) return undefined;
  return getOwnMetadata(key, target) ?? getMetadata(key, Reflect.getPrototypeOf(target));
}

function defineMetadata(key: unknown, value: unknown, target: object): void {
  const own = metadata.get(target) ?? new Map<unknown, unknown>();
  metadata.set(target, own.set(key, value));
}

function decorator(key: unknown, value: unknown): (target: object) => void {
  return (target) => defineMetadata(key, value, target);
}

Object.assign(Reflect, {
  getOwnMetadata,
  getMetadata,
  defineMetadata,
  metadata: decorator,
});
