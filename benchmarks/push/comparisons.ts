/** Which figures are held against which. */
import type { Comparison } from '../harness/rows.ts';
import { type Case, cases } from './cases.ts';
import type { Entrant } from './measure.ts';

/** Every case of every one of ours against every peer that took part. */
export function compare(entrants: readonly Entrant[]): Comparison[] {
  const ours = entrants.filter(({ contender }) => contender.role === 'ours');
  const peers = entrants.filter(({ contender }) => contender.role !== 'ours');
  return cases.flatMap((each) =>
    ours.flatMap((our) =>
      peers
        .filter((peer) => isFair(our, peer))
        .flatMap((peer) => [...compareTimes(each, our, peer), ...compareBytes(each, our, peer)]),
    ),
  );
}

/** What does not wait for the disk is not compared with what does. The other way round it is. */
function isFair(our: Entrant, peer: Entrant): boolean {
  return our.contender.waitsForDisk || !peer.contender.waitsForDisk;
}

function compareTimes(each: Case, our: Entrant, peer: Entrant): Comparison[] {
  const ours = our.times.get(each);
  const theirs = peer.times.get(each);
  if (!ours || !theirs) return [];
  return [
    {
      case: caseName(each, our),
      metric: 'wall time',
      unit: 'ms',
      ours,
      peer: theirs,
      peerName: peerName(peer),
      goal: peer.contender.role === 'peer' ? each.goals.time : null,
    },
  ];
}

/** Waiting for the disk changes no bytes, so that one pair says it all. */
function compareBytes(each: Case, our: Entrant, peer: Entrant): Comparison[] {
  const ours = our.bytes.get(each);
  const theirs = peer.bytes.get(each);
  const isFirstPair = our.contender.waitsForDisk && !peer.contender.waitsForDisk;
  if (ours === undefined || theirs === undefined || !isFirstPair) return [];
  return [
    {
      case: caseName(each, our),
      metric: 'bytes on the wire',
      unit: 'bytes',
      ours: [ours],
      peer: [theirs],
      peerName: peer.contender.name,
      goal: each.goals.bytes,
    },
  ];
}

function peerName({ contender }: Entrant): string {
  return contender.role === 'limit' ? `${contender.name} (limit)` : contender.name;
}

function caseName(each: Case, { contender }: Entrant): string {
  return contender.waitsForDisk ? each.name : `${each.name}, --no-sync`;
}

/** How far a program's own count of bytes is from the proxy's, at most. */
export function describeBytes(entrants: readonly Entrant[]): string[] {
  return entrants.flatMap(({ bytes, contender, reportedBytes }) => {
    const shares = [...reportedBytes].map(([each, reported]) => {
      const counted = bytes.get(each) ?? 0;
      return Math.abs(reported - counted) / counted;
    });
    if (shares.length === 0) return [];
    const percent = (Math.max(...shares) * 100).toFixed(2);
    return [`${contender.name}: its own count of bytes is within ${percent} % of the proxy's`];
  });
}
