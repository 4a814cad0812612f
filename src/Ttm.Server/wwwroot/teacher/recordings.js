// The lesson's recordings, newest first: length, state, playing in the page, download.

import { $, clock, h, setText, t, timeOfDay } from '../page.js';

export class Recordings {
  #list = $('#recording-list');
  #rows = new Map();

  /** @param {{ audioUrl: (id: string) => string, nameOf: (student: string) => string }} hooks */
  constructor({ audioUrl, nameOf }) {
    this.audioUrl = audioUrl;
    this.nameOf = nameOf;
    setInterval(() => this.#tick(), 1000);
  }

  /** Adds the recording or shows its new state. An older state that arrives late changes nothing. */
  put(recording) {
    let row = this.#rows.get(recording.id);
    if (!row) {
      row = this.#make(recording);
      this.#rows.set(recording.id, row);
      this.#place(row);
    } else if (rank(recording) < rank(row.recording)) {
      return;
    }
    row.recording = recording;
    this.#show(row);
    $('#recordings-empty').hidden = true;
    setText($('#recording-count'), String(this.#rows.size));
  }

  /** The one that runs now, or undefined. */
  get running() {
    return [...this.#rows.values()].map((row) => row.recording).find((recording) => recording.status === 'recording');
  }

  #make(recording) {
    const name = this.nameOf(recording.student);
    const values = { sequence: recording.sequence, name };
    const length = h('span', { class: 'length' });
    const state = h('span', { class: 'state' });
    const play = h('button', { class: 'plain small play', 'aria-label': t('recording.playLabel', values) }, t('recording.play'));
    // A tab of its own: where the store sends no attachment, the page on air must not be left.
    const save = h('a', { class: 'plain small', target: '_blank', 'aria-label': t('recording.saveLabel', values) }, t('recording.save'));
    const head = h('div', { class: 'row' },
      h('span', { class: 'number' }, String(recording.sequence)),
      h('span', { class: 'name' }, name),
      h('time', { datetime: recording.startedAt }, timeOfDay(recording.startedAt)),
      length, state, play, save);
    const item = h('li', { 'data-recording': recording.id, value: recording.sequence }, head);
    play.addEventListener('click', () => this.#play(item, values));
    return { recording, item, length, state, play, save };
  }

  #place(row) {
    const before = [...this.#rows.values()].filter((r) => r.recording.sequence < row.recording.sequence);
    before.sort((a, b) => b.recording.sequence - a.recording.sequence);
    this.#list.insertBefore(row.item, before[0]?.item ?? null);
  }

  #show({ recording, item, length, state, play, save }) {
    const whole = recording.status === 'stored' || recording.status === 'uploading';
    item.dataset.state = recording.status;
    setText(state, t(`recording.${recording.status}`));
    setText(length, clock(seconds(recording)));
    play.hidden = save.hidden = !whole;
    if (!whole) return;
    save.href = this.audioUrl(recording.id);
    save.download = `${recording.lesson}-${String(recording.sequence).padStart(3, '0')}-${recording.student}.mp3`;
  }

  #play(item, values) {
    for (const audio of this.#list.querySelectorAll('audio')) {
      audio.pause();
      if (!item.contains(audio)) audio.remove();
    }
    const src = this.audioUrl(item.dataset.recording);
    let audio = item.querySelector('audio');
    if (!audio) item.append((audio = h('audio', { controls: true, src, 'aria-label': t('recording.audioLabel', values) })));
    audio.currentTime = 0;
    audio.play().catch(() => {});
  }

  #tick() {
    for (const row of this.#rows.values()) {
      if (row.recording.status === 'recording') setText(row.length, clock(seconds(row.recording)));
    }
  }
}

const rank = ({ status }) => ['recording', 'encoding', 'uploading', 'stored', 'failed'].indexOf(status);

function seconds({ status, duration, startedAt, endedAt }) {
  if (status !== 'recording' && duration) return duration;
  return ((endedAt ? Date.parse(endedAt) : Date.now()) - Date.parse(startedAt)) / 1000;
}
