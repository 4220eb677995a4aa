/** Content on its way to a disk thread. */
import type { ContentWriter, Disk } from './disk.ts';
import type { WrittenPiece } from './methods.ts';

/** Size of the pieces that go to the disk thread: a message costs about as much as copying 0.5 MiB. */
const pieceBytes = 1024 * 1024;
/** Pieces under way; with the one being filled they bound the memory of an operation. */
const piecesMax = 8;

/**
 * Gathers chunks into pieces for the disk thread. A few pieces of memory go to the worker and come
 * back: however long the content is, nothing is allocated on the way.
 */
export class PieceWriter implements ContentWriter {
  readonly #disk: Disk;
  readonly #writes: Promise<WrittenPiece>[] = [];
  #piece: Uint8Array = sharedPiece();
  #usedBytes = 0;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async add(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.byteLength;) {
      const part = chunk.subarray(at, at + pieceBytes - this.#usedBytes);
      this.#piece.set(part, this.#usedBytes);
      this.#usedBytes += part.byteLength;
      at += part.byteLength;
      if (this.#usedBytes === pieceBytes) await this.#exchange();
    }
  }

  async drain(): Promise<void> {
    if (this.#usedBytes > 0) this.#send();
    for (const write of this.#writes.splice(0)) await write;
  }

  /** Sends the full piece off and takes an empty one. */
  async #exchange(): Promise<void> {
    this.#send();
    const isFull = this.#writes.length >= piecesMax;
    this.#piece = isFull ? ((await this.#writes.shift())?.bytes ?? this.#piece) : sharedPiece();
  }

  #send(): void {
    const piece = { bytes: this.#piece, usedBytes: this.#usedBytes };
    const write = this.#disk.call('write', piece);
    write.catch(() => {});
    this.#writes.push(write);
    this.#usedBytes = 0;
  }
}

/**
 * Memory that both threads see. Memory that moves between them would count as newly allocated at
 * every arrival, and cause a full collection for every 64 MiB.
 */
function sharedPiece(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(pieceBytes));
}
