// Typed answers: sent in order, kept until the server has them, shown with a tick when it does. Nothing typed is lost when
// the network goes or the page is loaded again.

import { $, h, setText, t, timeOfDay } from '../page.js';

const LONGEST = 4000;

export class Answers {
  #key;
  #answers = [];
  #sending = false;

  /** @param {{ key: string, post: (text: string) => Promise<object> }} hooks */
  constructor({ key, post }) {
    this.#key = `ttm.answers.${key}`;
    this.post = post;
    const kept = JSON.parse(sessionStorage.getItem(this.#key) ?? '{"draft":"","answers":[]}');
    $('#text').value = kept.draft;
    for (const answer of kept.answers) this.#add(answer);
    $('#answer').addEventListener('submit', (event) => (event.preventDefault(), this.#submit()));
    $('#text').addEventListener('input', () => (setText($('#text-error'), ''), this.#invalid(false), this.#keep()));
    $('#text').addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    addEventListener('online', () => this.send());
    this.send();
  }

  /** The event that says the server has it: an answer whose 201 was lost on the way is not sent twice. */
  arrived(message) {
    const answer = this.#answers.find((a) => a.state === 'sending' && a.text === message.text);
    if (answer) this.#settle(answer, 'delivered', '', message.id);
  }

  #submit() {
    const text = $('#text').value.trim();
    const over = text.length - LONGEST;
    if (!text || over > 0) {
      setText($('#text-error'), text ? t('answer.long', { over }) : t('answer.empty'));
      this.#invalid(true);
      $('#text').focus();
      return;
    }
    $('#text').value = '';
    this.#add({ text, at: new Date().toISOString(), state: 'sending', why: '' });
    this.#keep();
    this.send();
  }

  #invalid(on) {
    $('#text').toggleAttribute('aria-invalid', on);
    if (on) $('#text').setAttribute('aria-invalid', 'true');
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
    answer.item = h('li', {}, h('span', { class: 'text' }, answer.text), h('time', { datetime: answer.at }, timeOfDay(answer.at)), answer.mark);
    $('#history').prepend(answer.item);
    this.#show(answer);
  }

  #show({ item, mark, state, why }) {
    item.dataset.state = state;
    setText(mark, t(`answer.${state}`, { why }));
  }

  #keep() {
    const answers = this.#answers.map(({ text, at, state, why, id }) => ({ text, at, state, why, id }));
    sessionStorage.setItem(this.#key, JSON.stringify({ draft: $('#text').value, answers }));
  }
}
