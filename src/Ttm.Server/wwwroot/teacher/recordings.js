// The lesson's recordings, newest first.

import { $, setText } from '../page.js';
import { RecordingRow } from '../recording-row.js';

export class Recordings {
  #rows = new Map();

  /** @param {{ audioUrl: (id: string) => string, nameOf: (student: string) => string }} hooks */
  constructor({ audioUrl, nameOf }) {
    this.audioUrl = audioUrl;
    this.nameOf = nameOf;
    setInterval(() => this.#rows.forEach((row) => row.tick()), 1000);
  }

  /** Adds the recording or shows its new state. */
  put(recording) {
    const row = this.#rows.get(recording.id);
    if (row) return row.update(recording);
    this.#place(new RecordingRow(recording, { name: this.nameOf(recording.student), src: this.audioUrl(recording.id) }));
    $('#recordings-empty').hidden = true;
    setText($('#recording-count'), String(this.#rows.size));
  }

  /** The one that runs now, or undefined. */
  get running() {
    return [...this.#rows.values()].map((row) => row.recording).find((recording) => recording.status === 'recording');
  }

  #place(row) {
    const before = [...this.#rows.values()].filter((one) => one.recording.sequence < row.recording.sequence);
    before.sort((a, b) => b.recording.sequence - a.recording.sequence);
    $('#recording-list').insertBefore(row.item, before[0]?.item ?? null);
    this.#rows.set(row.recording.id, row);
  }
}
