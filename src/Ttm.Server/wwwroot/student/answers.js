// Typed answers: sent in order, kept until the server has them, shown with a tick when it does. Nothing typed is lost when
// the network goes or the page is loaded again; what was delivered is shown again on the same device for a day.

import { $, h, setFault, setText, t, timeOfDay } from '../page.js';

const LONGEST = 4000; // Unicode characters, as the server counts them
const NEAR = 200; // characters before that from which on the page says how many are left
const DAY = 24 * 60 * 60 * 1000;

export class Answers {
  #key;
  #answers = [];
  #sending = false;

  /** @param {{ key: string, post: (text: string) => Promise<object> }} hooks */
  constructor({ key, post }) {
    this.#key = `ttm.answers.${key}`;
    this.post = post;
    forgetOld();
    // What waits belongs to this tab, so that two tabs do not send it twice; what was delivered is everybody's.
    const kept = read('sessionStorage', this.#key, { draft: '', answers: [] });
    const delivered = read('localStorage', this.#key, []).filter(({ id }) => !kept.answers.some((answer) => answer.id === id));
    for (const answer of [...delivered, ...kept.answers].sort((a, b) => a.at.localeCompare(b.at))) this.#add(answer);
    $('#text').value = kept.draft;
    $('#answer').addEventListener('submit', (event) => (event.preventDefault(), this.#submit()));
    $('#text').addEventListener('input', () => (setFault($('#text'), ''), this.#showRoom(), this.#keep()));
    $('#text').addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    addEventListener('online', () => this.send());
    addEventListener('beforeunload', (event) => this.#answers.some((answer) => answer.state === 'sending') && event.preventDefault());
    this.#showRoom();
    this.send();
  }

  /** The event that says the server has it: an answer whose 201 was lost on the way is not sent twice. */
  arrived(message) {
    const answer = this.#answers.find((a) => a.state === 'sending' && a.text === message.text);
    if (answer) this.#settle(answer, 'delivered', '', message.id);
  }

  #submit() {
    const text = $('#text').value.trim();
    const over = length(text) - LONGEST;
    if (!text || over > 0) {
      setFault($('#text'), text ? t('answer.long', { over }) : t('answer.empty'));
      $('#text').focus();
      return;
    }
    $('#text').value = '';
    setFault($('#text'), '');
    this.#showRoom();
    this.#add({ text, at: new Date().toISOString(), state: 'sending', why: '' });
    this.#keep();
    this.send();
  }

  #showRoom() {
    const left = LONGEST - length($('#text').value.trim());
    setText($('#text-room'), left < NEAR && left >= 0 ? t('answer.left', { left }) : '');
  }

  async send() {
    if (this.#sending) return;
    this.#sending = true;
    let wait = 500;
    for (let answer; (answer = this.#answers.find((a) => a.state === 'sending')); ) {
      try {
        const message = await this.post(answer.text);
        this.#settle(answer, 'delivered', '', message.id);
      } catch (error) {
        if (answer.state !== 'sending') continue;
        const hopeless = error.status >= 400 && error.status < 500 && error.status !== 404 && error.status !== 429;
        if (hopeless) this.#settle(answer, 'refused', error.message);
        else await new Promise((resolve) => setTimeout(resolve, (wait = Math.min(5000, wait * 2))));
      }
    }
    this.#sending = false;
  }

  #settle(answer, state, why, id) {
    if (id && this.#answers.some((a) => a.id === id)) return;
    Object.assign(answer, { state, why, id });
    this.#show(answer);
    this.#keep();
  }

  #add(answer) {
    this.#answers.push(answer);
    answer.mark = h('span', { class: 'tick' });
    const sent = h('span', { class: 'sent' }, h('time', { datetime: answer.at }, timeOfDay(answer.at)), answer.mark);
    answer.item = h('li', {}, h('span', { class: 'text' }, answer.text), sent);
    $('#history').prepend(answer.item);
    this.#show(answer);
  }

  #show({ item, mark, state, why }) {
    item.dataset.state = state;
    setText(mark, t(`answer.${state}`, { why }));
  }

  #keep() {
    const answers = this.#answers.map(({ text, at, state, why, id }) => ({ text, at, state, why, id }));
    write('sessionStorage', this.#key, { draft: $('#text').value, answers: answers.filter(({ state }) => state !== 'delivered') });
    write('localStorage', this.#key, answers.filter(({ state }) => state === 'delivered'));
  }
}

const length = (text) => [...text].length;

function read(storage, key, otherwise) {
  try {
    return JSON.parse(window[storage].getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function write(storage, key, value) {
  try {
    window[storage].setItem(key, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing is no reason to stop.
  }
}

function forgetOld() {
  try {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith('ttm.answers.'))) {
      const last = read('localStorage', key, []).at(-1);
      if (!last || Date.now() - Date.parse(last.at) > DAY) localStorage.removeItem(key);
    }
  } catch {
    // Nothing can be kept, so nothing has to be forgotten.
  }
}
