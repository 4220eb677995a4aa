/** Messages and requests of a session. */
import {
  DwcpError,
  throwIfAborted,
  type AbortOptions,
  type Messenger,
  type RequestHandler,
  type RequestOptions,
} from '@dwcp/core';
import { coded, decodeFailure, encodeFailure } from '../machine/failure.ts';
import { frame, frameType } from '../machine/frame.ts';
import { encodeChannel, messageFrame, PendingRequests, readMessage } from '../machine/messages.ts';
import { onAbort } from './abort.ts';
import { addHandler, runHandler } from './handlers.ts';
import type { Trunk } from './trunk.ts';

const defaultRequestTimeoutMs = 30_000;

interface Waiter {
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (error: DwcpError) => void;
}

/** The `Messenger` of a session. */
export class SessionMessenger implements Messenger {
  readonly maxMessageBytes: number;
  readonly #trunk: Trunk;
  readonly #pending = new PendingRequests<Waiter>();
  readonly #messageHandlers = new Map<string, (message: Uint8Array) => void>();
  readonly #requestHandlers = new Map<string, RequestHandler>();
  #answering = 0;

  constructor(trunk: Trunk) {
    this.#trunk = trunk;
    this.maxMessageBytes = Math.min(
      trunk.settings.limits.maxMessageBytes,
      trunk.peer.maxMessageBytes,
    );
  }

  async send(channel: string, message: Uint8Array, options: AbortOptions = {}): Promise<void> {
    throwIfAborted(options.signal);
    this.#checkRoom(message.byteLength);
    this.#trunk.control(messageFrame(frameType.message, 0, encodeChannel(channel), message));
    if (this.#trunk.writable) return;
    await this.#trunk.drained();
    if (this.#trunk.ended && !this.#trunk.flushing) throw this.#trunk.ended;
  }

  async request(
    channel: string,
    message: Uint8Array,
    options: RequestOptions = {},
  ): Promise<Uint8Array> {
    const { signal, timeoutMs = defaultRequestTimeoutMs } = options;
    throwIfAborted(signal);
    this.#checkRoom(message.byteLength);
    const name = encodeChannel(channel);
    const { clock } = this.#trunk.settings;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        timer.cancel();
        forget();
        this.#pending.forget(id);
      };
      const fail = (error: DwcpError): void => {
        settle();
        reject(error);
      };
      const id = this.#pending.add({
        resolve: (answer) => {
          settle();
          resolve(answer);
        },
        reject: fail,
      });
      const timer = clock.schedule(timeoutMs, () => fail(unanswered(channel, timeoutMs)));
      const forget = onAbort(signal, fail);
      this.#trunk.control(messageFrame(frameType.request, id, name, message));
    });
  }

  onMessage(channel: string, handler: (message: Uint8Array) => void): () => void {
    return addHandler(this.#messageHandlers, channel, handler, 'onMessage');
  }

  onRequest(channel: string, handler: RequestHandler): () => void {
    return addHandler(this.#requestHandlers, channel, handler, 'onRequest');
  }

  /** Takes a frame of types 1 … 4. Throws when it is malformed. */
  onFrame(type: number, id: number, payload: Uint8Array): void {
    if (type === frameType.message) this.#onMessage(payload);
    else if (type === frameType.request) this.#onRequest(id, payload);
    else if (type === frameType.response) this.#pending.answered(id)?.resolve(payload);
    else
      this.#pending.answered(id)?.reject(decodeFailure(payload, 'the request failed at the peer'));
  }

  /** The session is over. */
  end(error: DwcpError): void {
    for (const waiter of this.#pending.drain()) waiter.reject(error);
  }

  #checkRoom(sizeBytes: number): void {
    const { ended, backlogBytes, settings } = this.#trunk;
    if (ended) throw ended;
    const { maxQueuedMessageBytes } = settings.limits;
    if (sizeBytes > this.maxMessageBytes)
      throw limitExceeded('a message', sizeBytes, this.maxMessageBytes);
    if (backlogBytes > 0 && backlogBytes + sizeBytes > maxQueuedMessageBytes) {
      throw new DwcpError(
        'ERR_DWCP_LIMIT_EXCEEDED',
        `${backlogBytes} bytes wait for the peer already; maxQueuedMessageBytes is ${maxQueuedMessageBytes}`,
        { retryable: true },
      );
    }
  }

  #onMessage(payload: Uint8Array): void {
    const { channel, body } = readMessage(payload, this.#trunk.settings.limits.maxMessageBytes);
    const { logger } = this.#trunk.settings;
    const handler = this.#messageHandlers.get(channel);
    if (handler === undefined) {
      logger.log('debug', 'dropped a message without a handler', { channel });
      return;
    }
    runHandler(
      () => handler(body),
      (error) => logger.log('error', 'a message handler threw', { channel, error }),
    );
  }

  #onRequest(id: number, payload: Uint8Array): void {
    const { maxMessageBytes, maxPendingRequests } = this.#trunk.settings.limits;
    const { channel, body } = readMessage(payload, maxMessageBytes);
    const handler = this.#requestHandlers.get(channel);
    if (handler === undefined) {
      return this.#refuse(
        id,
        new DwcpError('ERR_DWCP_REFUSED', `nobody answers requests on ${channel}`),
      );
    }
    if (this.#answering >= maxPendingRequests) {
      const busy = `${this.#answering} requests are being answered, the limit maxPendingRequests`;
      return this.#refuse(id, new DwcpError('ERR_DWCP_BUSY', busy));
    }
    void this.#answer(id, channel, handler, body);
  }

  /** Holds its place until the answer has left, so that a peer that does not read gets no further. */
  async #answer(
    id: number,
    channel: string,
    handler: RequestHandler,
    body: Uint8Array,
  ): Promise<void> {
    this.#answering += 1;
    const answer = await this.#run(id, channel, handler, body);
    while (!this.#trunk.writable && !this.#trunk.ended) await this.#trunk.drained();
    this.#answering -= 1;
    if (!this.#trunk.ended) this.#trunk.control(answer);
  }

  async #run(
    id: number,
    channel: string,
    handler: RequestHandler,
    body: Uint8Array,
  ): Promise<Uint8Array> {
    try {
      const answer = await handler(body, { signal: this.#trunk.ending });
      const { maxMessageBytes } = this.#trunk.peer;
      if (answer.byteLength <= maxMessageBytes) return frame(frameType.response, id, answer);
      throw limitExceeded('an answer', answer.byteLength, maxMessageBytes);
    } catch (thrown) {
      this.#trunk.settings.logger.log('warn', 'a request failed', { channel, error: thrown });
      return frame(frameType.failure, id, encodeFailure(coded(thrown, 'the handler threw')));
    }
  }

  #refuse(id: number, error: DwcpError): void {
    this.#trunk.control(frame(frameType.failure, id, encodeFailure(error)));
  }
}

function unanswered(channel: string, timeoutMs: number): DwcpError {
  return new DwcpError('ERR_DWCP_TIMEOUT', `no answer on ${channel} within ${timeoutMs} ms`);
}

function limitExceeded(what: string, sizeBytes: number, maxBytes: number): DwcpError {
  return new DwcpError(
    'ERR_DWCP_LIMIT_EXCEEDED',
    `${what} of ${sizeBytes} bytes is above the limit maxMessageBytes of ${maxBytes}`,
  );
}
