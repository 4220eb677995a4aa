/**
 * A whole DWCP node: transport, sessions, codec and file trees wired together, with one start and
 * one stop.
 *
 * @packageDocumentation
 */
import { Node } from './node.ts';
import type { DwcpNode, NodeOptions } from './options.ts';

export type {
  DwcpNode,
  FailedAttempt,
  NodeOptions,
  Peer,
  PullNodeOptions,
  PushNodeOptions,
  RetryOptions,
  ServedDirectory,
  ServeEvents,
  ServeNodeOptions,
  TransferOptions,
  TransferReport,
} from './options.ts';
export type { CodecName } from '@dwcp/hde';
export type { TcpTlsOptions } from '@dwcp/transport-tcp';
export type {
  Problem,
  ServedOperation,
  TreeLimits,
  TreeOutcome,
  TreeProgress,
  TreeReport,
} from '@dwcp/tree';

/** Makes a node. It holds threads for the disk: stop it when it is not needed any more. */
export function createNode(options: NodeOptions = {}): DwcpNode {
  return new Node(options);
}
