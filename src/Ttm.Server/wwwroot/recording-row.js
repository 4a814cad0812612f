// One recording in a list: length, state, playing in the page, download.

import { clock, h, setText, t, timeOfDay } from './page.js';

const ORDER = ['recording', 'encoding', 'uploading', 'stored', 'failed'];

export class RecordingRow {
  #length = h('span', { class: 'length' });
  #state = h('span', { class: 'state' });
  #save;
  #actions;
  #name;
  #src;

  /**
   * @param {object} recording as the API shows it
   * @param {{ name: string, when?: string, src: string }} looks what stands for the student, when it was, where the MP3 is
   */
  constructor(recording, { name, when = timeOfDay(recording.startedAt), src }) {
    const values = { sequence: recording.sequence, name };
    this.#name = t('recording.audioLabel', values);
    this.#src = src;
    const play = h('button', { class: 'plain small play', type: 'button', 'aria-label': t('recording.playLabel', values), onclick: () => this.#onPlay() }, t('recording.play'));
    // A tab of its own: where the store sends no attachment, the page on air must not be left.
    this.#save = h('a', { class: 'plain small', target: '_blank', 'aria-label': t('recording.saveLabel', values) }, t('recording.save'));
    this.#actions = h('span', { class: 'row' }, play, this.#save);
    this.item = h('li', { 'data-recording': recording.id, value: recording.sequence }, h('div', { class: 'row' },
      h('span', { class: 'number' }, String(recording.sequence)),
      h('span', { class: 'name' }, name),
      h('time', { datetime: recording.startedAt }, when),
      this.#length, this.#state, this.#actions));
    this.recording = recording;
    this.#show();
  }

  /** Shows its new state. An older state that arrives late changes nothing. */
  update(recording) {
    if (ORDER.indexOf(recording.status) < ORDER.indexOf(this.recording.status)) return;
    this.recording = recording;
    this.#show();
  }

  /** Once a second, while it runs. */
  tick() {
    if (this.recording.status === 'recording') setText(this.#length, clock(this.#seconds()));
  }

  #show() {
    const { status, lesson, sequence, student } = this.recording;
    const whole = status === 'stored' || status === 'uploading';
    this.item.dataset.state = status;
    setText(this.#state, t(`recording.${status}`));
    setText(this.#length, clock(this.#seconds()));
    this.#actions.hidden = !whole;
    if (!whole) return;
    this.#save.href = this.#src;
    this.#save.download = `${lesson}-${String(sequence).padStart(4, '0')}-${student}.mp3`;
  }

  #onPlay() {
    for (const audio of this.item.parentElement.querySelectorAll('audio')) {
      audio.pause();
      if (!this.item.contains(audio)) audio.remove();
    }
    let audio = this.item.querySelector('audio');
    if (!audio) this.item.append((audio = h('audio', { controls: true, src: this.#src, 'aria-label': this.#name })));
    audio.currentTime = 0;
    audio.play().catch(() => {});
  }

  #seconds() {
    const { status, duration, startedAt, endedAt } = this.recording;
    if (status !== 'recording' && duration) return duration;
    return ((endedAt ? Date.parse(endedAt) : Date.now()) - Date.parse(startedAt)) / 1000;
  }
}
