// Finds recordings by lesson, teacher, student and day. What is wrong with a field stands beside it, and what was typed stays when the network goes.

import { $, setFault, setText, t, timeOfDay, language } from '../page.js';
import { RecordingRow } from '../recording-row.js';

const ID = /^[A-Za-z0-9._-]{1,128}$/;
const PAGE = 50;
const FOLLOWED = 10;
const AGAIN = 3000; // ms between looks at those that are not stored yet

export class Finder {
  #api;
  #asked = 0;
  #next = null;
  #query = {};
  #rows = [];

  constructor(api) {
    this.#api = api;
    setInterval(() => this.#rows.forEach((row) => row.tick()), 1000);
    setInterval(() => this.#follow(), AGAIN);
    $('#find').addEventListener('submit', (event) => (event.preventDefault(), this.find()));
    $('#find').addEventListener('reset', () => setTimeout(() => (this.#fields().forEach((field) => setFault(field, '')), this.find())));
    for (const field of this.#fields()) field.addEventListener('input', () => setFault(field, ''));
    $('#find-more').addEventListener('click', () => this.#read(this.#next));
  }

  find() {
    const wrong = this.#fields().filter((field) => !this.#check(field));
    if (wrong.length) return wrong[0].focus();
    this.#query = Object.fromEntries(this.#fields().map(({ name, value }) => [name, value.trim()]).filter(([, value]) => value));
    this.#read(null);
  }

  #fields() {
    return [...$('#find').elements].filter(({ name }) => name);
  }

  #check(field) {
    const fault = field.validity.badInput ? t('find.badDate') : field.type !== 'date' && field.value.trim() && !ID.test(field.value.trim()) ? t('find.badId') : '';
    setFault(field, fault);
    return !fault;
  }

  async #read(after) {
    const asked = ++this.#asked;
    setText($('#find-error'), '');
    try {
      const { recordings, next } = await this.#api.findRecordings({ ...this.#query, limit: PAGE, ...(after && { after }) });
      // A later question has overtaken this one.
      if (asked === this.#asked) this.#show(recordings, next, after !== null);
    } catch (error) {
      if (asked === this.#asked) this.#explain(error);
    }
  }

  #show(recordings, next, more) {
    const rows = recordings.map((recording) => new RecordingRow(recording, {
      name: `${recording.lesson} · ${recording.teacher ?? '–'} → ${recording.student}`,
      when: `${new Date(recording.startedAt).toLocaleDateString(language)} ${timeOfDay(recording.startedAt)}`,
      src: this.#api.audioUrl(recording.id),
    }));
    this.#rows = more ? [...this.#rows, ...rows] : rows;
    if (!more) $('#found').replaceChildren();
    $('#found').append(...rows.map(({ item }) => item));
    this.#next = next;
    $('#find-more').hidden = !next;
    const count = this.#rows.length;
    $('#find-empty').hidden = count > 0;
    setText($('#find-count'), count ? t('find.count', { count }) : '');
    if (more) rows[0]?.item.querySelector('button, a')?.focus();
  }

  /** What is being recorded or stored is followed until it can be played. */
  async #follow() {
    const open = this.#rows.filter(({ recording }) => recording.status !== 'stored' && recording.status !== 'failed').slice(0, FOLLOWED);
    for (const row of open) await this.#api.getRecording(row.recording.id).then((now) => row.update(now), () => {});
  }

  #explain(error) {
    const field = this.#fields().find(({ name }) => name === error.field);
    if (field) {
      setFault(field, error.message);
      field.focus();
    } else {
      setText($('#find-error'), t('find.failed', { why: error.status === 0 ? t('network') : error.message }));
    }
  }
}
