/**
 * The handshake: one HELLO per connection from the dialer, answered by WELCOME or REJECT.
 *
 * The outer form (magic, kind, length) and the version range at the start of HELLO never change,
 * so that any two versions can at least tell each other that they do not match. What follows the
 * fields that a version knows is ignored.
 */
import { BinaryReader, BinaryWriter, DwcpError } from '@dwcp/core';

/** Lowest and highest wire version that this code speaks. Version 3 is the first of this protocol. */
export const wireVersions = { lowest: 3, highest: 3 } as const;

/** Connections that one session may ask for. */
export const maxSessionConnections = 512;

/** Size of session and node ids: 128 bits. */
export const idBytes = 16;

/** What a side accepts from its peer. */
export interface PeerLimits {
  /** Largest message. */
  readonly maxMessageBytes: number;
  /** Largest `meta` of a transfer. */
  readonly maxMetaBytes: number;
  /** Largest block after decoding, at least 4096. */
  readonly maxBlockBytes: number;
  /** Transfers towards this side at the same time, at least 1. */
  readonly maxTransfers: number;
  /** Silence after which this side gives its peer up; 1000 … 3,600,000. */
  readonly keepAliveTimeoutMs: number;
}

/** The dialer's first words on a connection. */
export interface Hello {
  /** Lowest wire version that the dialer speaks. */
  readonly lowestVersion: number;
  /** Highest wire version that the dialer speaks. */
  readonly highestVersion: number;
  /** Chosen at random by the dialer; the same on all connections of a session. */
  readonly sessionId: Uint8Array;
  /** The dialer's process. */
  readonly nodeId: Uint8Array;
  /** 0 opens the session, 1 … join it. */
  readonly index: number;
  /** Connections that the dialer wants in all, 1 … 512. */
  readonly count: number;
  /** Bit set of features; none is defined yet. */
  readonly features: number;
  /** What the dialer accepts. */
  readonly limits: PeerLimits;
}

/** The listener's answer. */
export interface Welcome {
  /** The version that both sides speak from now on. */
  readonly version: number;
  /** The listener's process. */
  readonly nodeId: Uint8Array;
  /** Connections granted, at most what HELLO asked for. */
  readonly count: number;
  /** Features of HELLO that the listener shares. */
  readonly features: number;
  /** What the listener accepts. */
  readonly limits: PeerLimits;
}

const limitRanges: Readonly<Record<keyof PeerLimits, readonly [number, number]>> = {
  maxMessageBytes: [0, 0xffff_ffff],
  maxMetaBytes: [0, 0xffff_ffff],
  maxBlockBytes: [4096, 0xffff_ffff],
  maxTransfers: [1, 0xffff_ffff],
  keepAliveTimeoutMs: [1000, 3_600_000],
};

/** The body of a HELLO. */
export function encodeHello(hello: Hello): Uint8Array {
  const writer = new BinaryWriter(96)
    .uint16(hello.lowestVersion)
    .uint16(hello.highestVersion)
    .bytes(hello.sessionId)
    .bytes(hello.nodeId)
    .uint16(hello.index)
    .uint16(hello.count)
    .uint32(hello.features);
  return writeLimits(writer, hello.limits).finish();
}

/** Reads a HELLO; `ERR_DWCP_MALFORMED` or, before any other field is read, `ERR_DWCP_VERSION_MISMATCH`. */
export function decodeHello(body: Uint8Array): Hello {
  const reader = new BinaryReader(body);
  const lowestVersion = reader.uint16();
  const highestVersion = reader.uint16();
  chooseVersion(lowestVersion, highestVersion);
  const sessionId = new Uint8Array(reader.bytes(idBytes));
  const nodeId = new Uint8Array(reader.bytes(idBytes));
  const index = inRange('connection index', reader.uint16(), 0, maxSessionConnections - 1);
  const count = inRange('connection count', reader.uint16(), 1, maxSessionConnections);
  const features = reader.uint32();
  const limits = readLimits(reader);
  return { lowestVersion, highestVersion, sessionId, nodeId, index, count, features, limits };
}

/** The body of a WELCOME. */
export function encodeWelcome(welcome: Welcome): Uint8Array {
  const writer = new BinaryWriter(64)
    .uint16(welcome.version)
    .bytes(welcome.nodeId)
    .uint16(welcome.count)
    .uint32(welcome.features);
  return writeLimits(writer, welcome.limits).finish();
}

/** Reads a WELCOME; `ERR_DWCP_MALFORMED` or `ERR_DWCP_VERSION_MISMATCH`. */
export function decodeWelcome(body: Uint8Array): Welcome {
  const reader = new BinaryReader(body);
  const version = reader.uint16();
  chooseVersion(version, version);
  const nodeId = new Uint8Array(reader.bytes(idBytes));
  const count = inRange('connection count', reader.uint16(), 1, maxSessionConnections);
  return { version, nodeId, count, features: reader.uint32(), limits: readLimits(reader) };
}

/** The highest version inside both ranges; throws `ERR_DWCP_VERSION_MISMATCH` if there is none. */
export function chooseVersion(lowest: number, highest: number): number {
  const version = Math.min(highest, wireVersions.highest);
  if (lowest <= highest && version >= Math.max(lowest, wireVersions.lowest)) return version;
  throw new DwcpError(
    'ERR_DWCP_VERSION_MISMATCH',
    `the peer speaks wire versions ${lowest} to ${highest}, ` +
      `this side ${wireVersions.lowest} to ${wireVersions.highest}`,
  );
}

function writeLimits(writer: BinaryWriter, limits: PeerLimits): BinaryWriter {
  return writer
    .uint32(limits.maxMessageBytes)
    .uint32(limits.maxMetaBytes)
    .uint32(limits.maxBlockBytes)
    .uint32(limits.maxTransfers)
    .uint32(limits.keepAliveTimeoutMs);
}

function readLimits(reader: BinaryReader): PeerLimits {
  const read = (name: keyof PeerLimits): number => {
    const [lowest, highest] = limitRanges[name];
    return inRange(name, reader.uint32(), lowest, highest);
  };
  return {
    maxMessageBytes: read('maxMessageBytes'),
    maxMetaBytes: read('maxMetaBytes'),
    maxBlockBytes: read('maxBlockBytes'),
    maxTransfers: read('maxTransfers'),
    keepAliveTimeoutMs: read('keepAliveTimeoutMs'),
  };
}

function inRange(name: string, value: number, lowest: number, highest: number): number {
  if (value >= lowest && value <= highest) return value;
  throw new DwcpError(
    'ERR_DWCP_MALFORMED',
    `the handshake has ${name} ${value}, outside ${lowest} … ${highest}`,
  );
}
