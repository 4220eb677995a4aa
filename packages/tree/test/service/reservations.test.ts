import { describe, expect, it } from 'vitest';
import { Reservations } from '../../src/driver/reservations.ts';

describe('reservations', () => {
  it('keep overlapping directories apart until the first is done', async () => {
    const reservations = new Reservations();
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = reservations.hold('/root/a', () => promise);
    for (const path of ['/root/a', '/root/a/b', '/root/', '/root']) {
      await expect(reservations.hold(path, async () => 1)).rejects.toMatchObject({
        code: 'ERR_DWCP_BUSY',
      });
    }
    await expect(reservations.hold('/root/ab', async () => 2)).resolves.toBe(2);
    resolve();
    await first;
    await expect(reservations.hold('/root/a/b', async () => 3)).resolves.toBe(3);
  });

  it('are given back by a task that fails', async () => {
    const reservations = new Reservations();
    const fail = async (): Promise<never> => {
      throw new Error('failed');
    };
    await expect(reservations.hold('/a', fail)).rejects.toThrow('failed');
    await expect(reservations.hold('/a', async () => 1)).resolves.toBe(1);
  });
});
