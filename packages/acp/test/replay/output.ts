/** What a script's commands print, with the log lines of the nodes in between. */
import type { LogLevel, Logger } from '@dwcp/core';
import { ScriptError } from './script.ts';

const levels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'NONE'] as const;
const levelOf: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
const none = levels.indexOf('NONE');

/** A buffer that log lines go to from a level on; at level NONE nothing goes to it. */
export class Output implements Logger {
  level = 0;
  #text = '';

  /** Whether nothing is printed. */
  get quiet(): boolean {
    return this.level === none;
  }

  /** Appends text. */
  write(text: string): void {
    if (!this.quiet) this.#text += text;
  }

  log(level: LogLevel, message: string): void {
    const number = levelOf[level];
    if (this.level <= number) this.#text += `${levels[number]} ${message}\n`;
  }

  /** Sets the level by its name. */
  setLevel(name: string): void {
    const number = levels.findIndex((level) => level === name.toUpperCase());
    if (number === -1) throw new ScriptError(`log levels must be either of [${levels.join(' ')}]`);
    this.level = number;
  }

  /** Indents what `print` writes. */
  indented(print: () => void): void {
    const before = this.#text;
    this.#text = '';
    try {
      print();
    } finally {
      const lines = this.#text.replace(/\n$/, '').split('\n');
      const inner = this.#text === '' ? '' : `${lines.map((line) => `  ${line}`).join('\n')}\n`;
      this.#text = before + inner;
    }
  }

  /** Takes out what was written. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
