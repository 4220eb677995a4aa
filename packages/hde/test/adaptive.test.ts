/** The adaptive choice, driven by made-up links and made-up costs; no time passes. */
import type { EncodeHints } from '@dwcp/core';
import { describe, expect, test } from 'vitest';
import { AdaptiveChoice, type DecisionReason } from '../src/machine/adaptive.ts';
import { type HdePreset, presets } from '../src/machine/presets.ts';
import type { ProbeResult } from '../src/machine/probe.ts';
import { choiceName, ladder, type Rung } from '../src/machine/rungs.ts';

const rawBytes = 262_144;
const compressible: ProbeResult = { entropyBits: 5, repeatShare: 0.4 };
const noise: ProbeResult = { entropyBits: 7.9, repeatShare: 0 };

const incompressible = ladder.map((rung) => ({ ...rung, storedShare: 1 }));

/** A machine, with blocks that cost what `rungs` say. */
class Bench {
  readonly machine: AdaptiveChoice;
  readonly #rungs: readonly Rung[];

  constructor(preset: HdePreset, rungs: readonly Rung[] = ladder, threads = 1) {
    this.#rungs = rungs;
    this.machine = new AdaptiveChoice(ladder, presets[preset], threads);
  }

  /** Encodes blocks and returns the choices. */
  run(blocks: number, hints: EncodeHints | undefined, probe = compressible): string[] {
    return Array.from({ length: blocks }, () => {
      const decision = this.machine.decide({ rawBytes, probe, hints });
      const name = choiceName(decision.choice);
      const cost = this.#rungs.find((rung) => choiceName(rung) === name);
      if (cost !== undefined) {
        const storedBytes = rawBytes * cost.storedShare;
        const encodeMs = (rawBytes * cost.encodeNsPerByte) / 1e6;
        this.machine.observe(decision, { rawBytes, storedBytes, encodeMs });
      }
      return name;
    });
  }

  reasons(blocks: number, probe: ProbeResult): DecisionReason[] {
    return Array.from(
      { length: blocks },
      () => this.machine.decide({ rawBytes, probe, hints: undefined }).reason,
    );
  }

  get rung(): string {
    return this.machine.state().rung;
  }
}

describe('start', () => {
  test.each([
    ['hybrid', 'lz4'],
    ['datacenter', 'lz4'],
    ['internet', 'zstd:3'],
  ] as const)('%s begins with %s and stays there without hints', (preset, rung) => {
    const bench = new Bench(preset);
    expect(bench.run(100, undefined)).toEqual(Array.from({ length: 100 }, () => rung));
  });

  test('without a zstd encoder the internet preset begins with lz4', () => {
    const rungs = ladder.filter(({ codec }) => codec !== 'zstd');
    const machine = new AdaptiveChoice(rungs, presets.internet, 1);
    expect(machine.state().rung).toBe('lz4');
  });
});

describe('blocks that are not compressed', () => {
  test('are those below 128 bytes', () => {
    const { machine } = new Bench('internet');
    const small = machine.decide({ rawBytes: 127, probe: undefined, hints: undefined });
    expect(small).toEqual({ choice: { codec: 'none', level: 0 }, reason: 'small' });
    const large = machine.decide({ rawBytes: 128, probe: undefined, hints: undefined });
    expect(large.choice).toMatchObject({ codec: 'zstd', level: 3 });
  });

  test('are those that the probe calls noise, but for one audit in 16', () => {
    const reasons = new Bench('hybrid').reasons(32, noise);
    expect(reasons.filter((reason) => reason === 'audit').length).toBe(2);
    expect(reasons.filter((reason) => reason === 'incompressible').length).toBe(30);
  });

  test('an audit that finds something suspends the verdict until one finds nothing', () => {
    const bench = new Bench('hybrid');
    bench.run(16, undefined, noise);
    expect(bench.run(40, undefined, noise)).not.toContain('none');
    const other = new Bench('hybrid', incompressible);
    other.run(16, undefined, noise);
    expect(other.run(15, undefined, noise)).not.toContain('lz4');
  });

  test('say nothing about the link', () => {
    const bench = new Bench('hybrid', incompressible);
    bench.run(100, { linkIdle: false }, noise);
    expect(bench.rung).toBe('lz4');
    expect(bench.machine.state().pressure).toBe(0);
  });
});

describe('a link that waits', () => {
  test('makes the choice lighter, one rung after eight blocks', () => {
    const bench = new Bench('internet');
    expect(bench.run(7, { linkIdle: true }).at(-1)).toBe('zstd:3');
    expect(bench.run(1, { linkIdle: true })).toEqual(['zstd:1']);
    bench.run(100, { linkIdle: true });
    expect(bench.rung).toBe('lz4');
  });

  test('reaches none in a datacenter', () => {
    const bench = new Bench('datacenter');
    bench.run(8, { linkIdle: true });
    expect(bench.rung).toBe('none');
  });

  test('never argues for heavier work, however slow the link seems', () => {
    const bench = new Bench('hybrid');
    bench.run(200, { linkIdle: true, linkRateBps: 1e6 });
    expect(bench.rung).toBe('none');
  });

  test('skips a lighter rung that was measured to be slower', () => {
    const slowLz4 = ladder.map((rung) =>
      rung.codec === 'lz4' ? { ...rung, encodeNsPerByte: 50 } : rung,
    );
    const bench = new Bench('hybrid', slowLz4);
    bench.run(8, undefined);
    bench.run(8, { linkIdle: false });
    expect(bench.rung).toBe('zstd:1');
    bench.run(8, { linkIdle: true });
    expect(bench.rung).toBe('none');
  });
});

describe('blocks that wait', () => {
  test('make the choice heavier up to the end of the preset', () => {
    const bench = new Bench('hybrid');
    bench.run(200, { linkIdle: false });
    expect(bench.rung).toBe('zstd:9');
    const datacenter = new Bench('datacenter');
    datacenter.run(200, { linkIdle: false });
    expect(datacenter.rung).toBe('zstd:1');
  });

  test('do not, where the rate says that encoding would take longer than sending', () => {
    const bench = new Bench('hybrid');
    bench.run(200, { linkIdle: false, linkRateBps: 1e9 });
    // zstd 3 makes 0.33 bytes in 3.5 ns, and 1 Gbit/s sends them in 2.6; zstd 6 takes 10.5 ns.
    expect(['zstd:1', 'zstd:3']).toContain(bench.rung);
    const slow = new Bench('hybrid');
    slow.run(300, { linkIdle: false, linkRateBps: 1e8 });
    expect(slow.rung).toBe('zstd:9');
  });
});

describe('a known rate alone', () => {
  test.each([
    [1e11, 'none'],
    [1e10, 'none'],
    [1e9, 'zstd:1'],
    [1e8, 'zstd:9'],
    [1e7, 'zstd:9'],
  ])('of %d bit/s leads to %s on one thread', (linkRateBps, rung) => {
    const bench = new Bench('hybrid');
    bench.run(200, { linkRateBps });
    expect(bench.rung).toBe(rung);
    const settled = bench.machine.state();
    expect(new Set(bench.run(200, { linkRateBps })).size).toBe(1);
    expect(bench.machine.state().pressure).toBe(settled.pressure);
  });

  test('more threads carry heavier work', () => {
    const bench = new Bench('hybrid', ladder, 4);
    bench.run(200, { linkRateBps: 1e9 });
    expect(bench.rung).toBe('zstd:3');
  });
});

describe('hysteresis', () => {
  test('hints that alternate move nothing', () => {
    const bench = new Bench('hybrid');
    for (let turn = 0; turn < 200; turn += 1) bench.run(1, { linkIdle: turn % 2 === 0 });
    expect(bench.rung).toBe('lz4');
  });

  test('a heavier rung that failed is tried again later and later', () => {
    const bench = new Bench('hybrid');
    const onlyLz4KeepsUp = (): EncodeHints => ({ linkIdle: bench.rung !== 'lz4' });
    const tries: number[] = [];
    for (let block = 0; block < 2000; block += 1) {
      const before = bench.rung;
      bench.run(1, onlyLz4KeepsUp());
      if (before === 'lz4' && bench.rung !== 'lz4') tries.push(block);
    }
    const gaps = tries.slice(1).map((block, index) => block - (tries[index] ?? 0));
    expect(gaps.length).toBeGreaterThan(3);
    expect(gaps.every((gap, index) => index === 0 || gap >= (gaps[index - 1] ?? 0))).toBe(true);
    expect(bench.machine.state().patienceBlocks).toBe(256);
  });

  test('a real change of the link ends the waiting', () => {
    const bench = new Bench('hybrid');
    for (let block = 0; block < 600; block += 1) bench.run(1, { linkIdle: bench.rung !== 'lz4' });
    bench.run(600, { linkIdle: false });
    expect(bench.rung).toBe('zstd:9');
    expect(bench.machine.state().patienceBlocks).toBe(8);
  });
});

describe('what is measured', () => {
  test('replaces what was expected, and shifts what is expected of other rungs', () => {
    const half = ladder.map((rung) => ({
      ...rung,
      encodeNsPerByte: rung.encodeNsPerByte * 2,
      storedShare: rung.storedShare / 2,
    }));
    const bench = new Bench('hybrid', half);
    bench.run(100, undefined);
    const [, lz4, zstd1] = bench.machine.state().rungs;
    expect(lz4).toMatchObject({ choice: 'lz4', blocks: 100 });
    expect(lz4?.encodeNsPerByte).toBeCloseTo(5.2, 5);
    expect(zstd1?.blocks).toBe(0);
    expect(zstd1?.encodeNsPerByte).toBeCloseTo(6, 2);
    expect(zstd1?.storedShare).toBeCloseTo(0.18, 2);
  });

  test('small blocks hardly shift what large ones showed', () => {
    const { machine } = new Bench('hybrid');
    const observe = (sizeBytes: number, nsPerByte: number): void => {
      const decision = machine.decide({ rawBytes: sizeBytes, probe: undefined, hints: undefined });
      const encodeMs = (sizeBytes * nsPerByte) / 1e6;
      machine.observe(decision, { rawBytes: sizeBytes, storedBytes: sizeBytes / 2, encodeMs });
    };
    for (let block = 0; block < 20; block += 1) observe(262_144, 2);
    for (let block = 0; block < 20; block += 1) observe(512, 30);
    expect(machine.state().rungs[1]?.encodeNsPerByte).toBeLessThan(2.5);
  });

  test('the same inputs give the same states', () => {
    const runs = [new Bench('hybrid'), new Bench('hybrid')].map((bench) => {
      bench.run(50, { linkIdle: false });
      bench.run(30, { linkRateBps: 3e8 });
      bench.run(20, { linkIdle: true }, noise);
      return bench.machine.state();
    });
    expect(runs[0]).toEqual(runs[1]);
  });
});
