/** The defects, and the case of the suite that must notice each. */
import { DwcpError, memoryTransport } from '@dwcp/core';
import type { Connection, ConnectionHandler, PathStats, Transport } from '@dwcp/core';
import { Passing, replacing, withDial, withListenerClose, wrapped } from './broken.ts';

/** One way to be wrong. */
export interface Defect {
  readonly defect: string;
  readonly caughtBy: string;
  readonly transport: () => Transport;
}

class Reordering extends Passing {
  override send(chunks: readonly Uint8Array[]): boolean {
    return super.send(chunks.toReversed());
  }
}

class Duplicating extends Passing {
  #sends = 0;

  override send(chunks: readonly Uint8Array[]): boolean {
    this.#sends += 1;
    return super.send(this.#sends === 20 ? [...chunks, ...chunks] : chunks);
  }
}

/** Drops what is queued at the end. */
class LosingTail extends Passing {
  override end(): void {
    const { queuedBytes } = this.stats();
    if (queuedBytes > 0) this.close();
    else super.end();
  }
}

/** Sends the buffer under a view. */
class IgnoringViews extends Passing {
  override send(chunks: readonly Uint8Array[]): boolean {
    return super.send(chunks.map((chunk) => new Uint8Array(chunk.buffer)));
  }
}

/** Says that memory is free before it was read. */
class FreeingEarly extends Passing {
  override send(chunks: readonly Uint8Array[], onSent?: () => void): boolean {
    onSent?.();
    return super.send(chunks);
  }
}

class KeepingMemory extends Passing {
  override send(chunks: readonly Uint8Array[]): boolean {
    return super.send(chunks);
  }
}

class IgnoringPause extends Passing {
  override pause(): void {}
}

/** Takes any amount and never complains. */
class Unbounded extends Passing {
  override send(chunks: readonly Uint8Array[]): boolean {
    super.send(chunks);
    return true;
  }
}

class DroppingDrain extends Passing {
  override open(handler: ConnectionHandler): void {
    super.open(replacing(handler, { onDrain() {} }));
  }
}

class DrainingTwice extends Passing {
  override open(handler: ConnectionHandler): void {
    const onDrain = () => {
      handler.onDrain();
      handler.onDrain();
    };
    super.open(replacing(handler, { onDrain }));
  }
}

class ClosingTwice extends Passing {
  override open(handler: ConnectionHandler): void {
    const onClose = (error?: DwcpError) => {
      handler.onClose(error);
      handler.onClose(error);
    };
    super.open(replacing(handler, { onClose }));
  }
}

/** Calls `onClose` from inside `close`. */
class ClosingAtOnce extends Passing {
  #handler: ConnectionHandler | undefined;
  #closed = false;

  override open(handler: ConnectionHandler): void {
    this.#handler = handler;
    super.open(replacing(handler, { onClose: (error) => this.#tell(error) }));
  }

  override close(error?: DwcpError): void {
    super.close(error);
    this.#tell(error);
  }

  #tell(error?: DwcpError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handler?.onClose(error);
  }
}

class ForgettingError extends Passing {
  override close(): void {
    super.close();
  }
}

/** Passes a reset off as an orderly end. */
class EndingAtReset extends Passing {
  override open(handler: ConnectionHandler): void {
    const onClose = (error?: DwcpError) => {
      if (error !== undefined) handler.onEnd();
      handler.onClose();
    };
    super.open(replacing(handler, { onClose }));
  }
}

/** `end` closes both directions. */
class NoHalfClose extends Passing {
  override open(handler: ConnectionHandler): void {
    const onEnd = () => {
      handler.onEnd();
      this.end();
    };
    super.open(replacing(handler, { onEnd }));
  }
}

class SendingAfterEnd extends Passing {
  #ended = false;

  override end(): void {
    this.#ended = true;
    super.end();
  }

  override send(chunks: readonly Uint8Array[]): boolean {
    return this.#ended || super.send(chunks);
  }
}

class TakingSecondOpen extends Passing {
  #opened = false;

  override open(handler: ConnectionHandler): void {
    if (!this.#opened) super.open(handler);
    this.#opened = true;
  }
}

class ThrowingAfterClose extends Passing {
  #closed = false;

  override close(error?: DwcpError): void {
    if (this.#closed) throw new DwcpError('ERR_DWCP_INVALID_STATE', 'closed already');
    this.#closed = true;
    super.close(error);
  }
}

class Miscounting extends Passing {
  override stats(): PathStats {
    const stats = super.stats();
    return { ...stats, sentBytes: stats.sentBytes - stats.sentBytes / 1000 };
  }
}

/** What `onData` throws is swallowed. */
class Swallowing extends Passing {
  override open(handler: ConnectionHandler): void {
    const onData = (chunk: Uint8Array) => {
      try {
        handler.onData(chunk);
      } catch {
        // Nobody will know.
      }
    };
    super.open(replacing(handler, { onData }));
  }
}

function connections(make: new (inner: Connection) => Connection): () => Transport {
  return () => wrapped((connection) => new make(connection));
}

const unreachable: Defect['transport'] = () =>
  withDial(async () => {
    throw new Error('ECONNREFUSED');
  });

const deaf: Defect['transport'] = () =>
  withDial((inner, address, options) => {
    return inner.dial(
      address,
      options?.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs },
    );
  });

const takingAll: Defect['transport'] = () =>
  withListenerClose(async (listener, accepted) => {
    for (const connection of accepted) connection.close();
    await listener.close();
  });

const everOpen: Defect['transport'] = () => withListenerClose(async () => {});

export const defects: readonly Defect[] = [
  {
    defect: 'reorders chunks',
    caughtBy: 'keeps the order of chunks of mixed sizes, both ways at once',
    transport: connections(Reordering),
  },
  {
    defect: 'sends some chunks twice',
    caughtBy: 'carries a large payload under back-pressure',
    transport: connections(Duplicating),
  },
  {
    defect: 'sends the buffer under a view',
    caughtBy: 'sends what a view shows, not the buffer under it',
    transport: connections(IgnoringViews),
  },
  {
    defect: 'gives memory back before it was read',
    caughtBy: 'calls onSent in the order of the sends',
    transport: connections(FreeingEarly),
  },
  {
    defect: 'never gives memory back',
    caughtBy: 'gives the memory of chunks back in order, and takes what it is filled with again',
    transport: connections(KeepingMemory),
  },
  {
    defect: 'loses the tail at end',
    caughtBy: 'delivers everything that was queued before end',
    transport: () => wrapped((inner) => new LosingTail(inner), memoryTransport({ rateBps: 8e9 })),
  },
  {
    defect: 'ignores pause',
    caughtBy: 'delivers nothing between pause and resume',
    transport: connections(IgnoringPause),
  },
  {
    defect: 'accepts without bound',
    caughtBy: 'accepts a bounded amount while the peer is paused, and drains when it resumes',
    transport: connections(Unbounded),
  },
  {
    defect: 'drops the drain',
    caughtBy: 'accepts a bounded amount while the peer is paused, and drains when it resumes',
    transport: connections(DroppingDrain),
  },
  {
    defect: 'drains twice',
    caughtBy: 'carries a large payload under back-pressure',
    transport: connections(DrainingTwice),
  },
  {
    defect: 'calls onClose twice',
    caughtBy: 'gives the error of close to onClose',
    transport: connections(ClosingTwice),
  },
  {
    defect: 'calls onClose inside close',
    caughtBy: 'calls onClose once when both sides close',
    transport: connections(ClosingAtOnce),
  },
  {
    defect: 'forgets the error of close',
    caughtBy: 'gives the error of close to onClose',
    transport: connections(ForgettingError),
  },
  {
    defect: 'passes a reset off as an end',
    caughtBy: 'never passes a close with queued data off as an end',
    transport: connections(EndingAtReset),
  },
  {
    defect: 'ends both directions at once',
    caughtBy: 'lets the accepting side go on after the dialing side has ended',
    transport: connections(NoHalfClose),
  },
  {
    defect: 'takes send after end',
    caughtBy: 'takes end twice and refuses send after it',
    transport: connections(SendingAfterEnd),
  },
  {
    defect: 'takes a second open',
    caughtBy: 'refuses a second open',
    transport: connections(TakingSecondOpen),
  },
  {
    defect: 'throws at a second close',
    caughtBy: 'takes every call after close',
    transport: connections(ThrowingAfterClose),
  },
  {
    defect: 'counts wrongly',
    caughtBy: 'counts bytes exactly',
    transport: connections(Miscounting),
  },
  {
    defect: 'swallows what a handler throws',
    caughtBy: 'closes a connection whose onData throws, and no other',
    transport: connections(Swallowing),
  },
  {
    defect: 'rejects with an error of its own',
    caughtBy: 'says that nobody listens',
    transport: unreachable,
  },
  {
    defect: 'does not hear the signal of a dial',
    caughtBy: 'does not dial with a signal that has fired',
    transport: deaf,
  },
  {
    defect: 'takes its connections with it when a listener closes',
    caughtBy: 'keeps its connections when a listener closes',
    transport: takingAll,
  },
  {
    defect: 'goes on listening after close',
    caughtBy: 'closes a listener that is disposed',
    transport: everOpen,
  },
];
