// The students as a list of buttons: a click, Enter or a digit key talks to one, again (or Esc) stops.
// What a student typed stands under the name, with a mark until it was read.

import { $, fold, h, setText, t, timeOfDay } from '../page.js';
import { figuresOf, qualityOf } from '../quality.js';

export class Students {
  #list = $('#student-list');
  #students = new Map();
  #listener = null;
  #seen = new Set();
  #digits;

  /** @param {{ onTalk: (id: string|null) => void, onUnread: (count: number) => void, digits: () => boolean }} hooks */
  constructor({ onTalk, onUnread, digits }) {
    this.onTalk = onTalk;
    this.onUnread = onUnread;
    this.#digits = digits;
    $('#search').addEventListener('input', () => this.#filter());
    $('#search').addEventListener('keydown', (event) => this.#onSearchKey(event));
    this.#list.addEventListener('keydown', (event) => this.#onListKey(event));
    document.addEventListener('keydown', (event) => this.#onPageKey(event));
    this.#filter();
  }

  get(id) {
    return this.#students.get(id);
  }

  get size() {
    return this.#students.size;
  }

  /** How well a student hears, as the server knows it: {loss, jitter, roundTrip}. */
  setLink(id, link) {
    const student = this.#students.get(id);
    if (!student) return;
    student.link = link;
    this.#show(student);
  }

  /** Adds the student or changes what is given of {connected, name}. */
  put(id, change) {
    let student = this.#students.get(id);
    if (!student) {
      student = this.#make(id, change.name ?? id);
      this.#students.set(id, student);
      this.#place(student);
    }
    Object.assign(student, change);
    this.#show(student);
    this.#filter();
  }

  setListener(id) {
    this.#listener = id;
    if (id && !this.#students.has(id)) this.put(id, { connected: false });
    for (const student of this.#students.values()) this.#show(student);
  }

  /** A typed answer; `fresh` marks it unread. The same id again changes nothing. */
  addMessage(message, fresh) {
    if (this.#seen.has(message.id)) return;
    this.#seen.add(message.id);
    if (!this.#students.has(message.from)) this.put(message.from, { connected: false });
    const student = this.#students.get(message.from);
    student.messages.push(message);
    if (fresh) student.unread++;
    this.#showMessages(student);
    this.#show(student);
  }

  #make(id, name) {
    const number = h('span', { class: 'number', 'aria-hidden': 'true' });
    const label = h('span', { class: 'name' });
    const state = h('span', { class: 'state' });
    const quality = h('span', { class: 'quality' });
    const verb = h('span', { class: 'verb', 'aria-hidden': 'true' });
    const button = h('button', { class: 'talk', 'data-student': id, onclick: () => this.#toggle(id) }, number, h('span', { class: 'who' }, label, quality, state), verb);
    const badge = h('button', { class: 'badge', hidden: true, onclick: () => this.#markRead(id) });
    const answers = h('div', { class: 'answers', 'aria-live': 'polite' });
    const item = h('li', { 'data-student-row': id }, h('div', { class: 'row' }, button, badge), answers);
    return { id, name, connected: false, messages: [], unread: 0, link: {}, item, button, number, label, state, quality, verb, badge, answers };
  }

  #place(student) {
    const after = [...this.#students.values()].filter((s) => s.name.localeCompare(student.name) > 0);
    after.sort((a, b) => a.name.localeCompare(b.name));
    this.#list.insertBefore(student.item, after[0]?.item ?? null);
  }

  #show(student) {
    const listening = student.id === this.#listener;
    const key = listening ? (student.connected ? 'listening' : 'selected') : student.connected ? 'connected' : 'away';
    student.item.dataset.state = key;
    student.button.setAttribute('aria-pressed', listening);
    setText(student.label, student.name);
    setText(student.state, t(`student.${key}`));
    const quality = student.connected ? qualityOf(student.link) : '';
    student.quality.dataset.quality = quality;
    student.quality.title = quality && figuresOf(student.link);
    setText(student.quality, quality && t(`student.${quality}`));
    setText(student.verb, t(listening ? 'student.stop' : 'student.talk'));
    this.onUnread([...this.#students.values()].reduce((sum, { unread }) => sum + unread, 0));
    student.badge.hidden = student.unread === 0;
    setText(student.badge, t('student.unread', { count: student.unread }));
    student.badge.setAttribute('aria-label', `${student.name}: ${t('student.unread', { count: student.unread })} – ${t('student.read')}`);
  }

  #showMessages(student) {
    const line = (m) => h('p', { class: 'answer' }, h('time', { datetime: m.at }, timeOfDay(m.at)), ' ', h('span', {}, m.text));
    const [last, ...earlier] = [...student.messages].reverse();
    const open = student.answers.querySelector('details')?.open ?? false;
    const details = earlier.length
      ? h('details', { open }, h('summary', {}, t('student.earlier', { count: earlier.length })), ...earlier.map(line))
      : null;
    student.answers.replaceChildren(...[line(last), details].filter(Boolean));
  }

  #markRead(id) {
    const student = this.#students.get(id);
    student.unread = 0;
    this.#show(student);
    student.button.focus();
  }

  #toggle(id) {
    this.#students.get(id).unread = 0;
    this.onTalk(id === this.#listener ? null : id);
    this.#show(this.#students.get(id));
  }

  #filter() {
    const wanted = fold($('#search').value);
    for (const { item, name, id } of this.#students.values()) item.hidden = !fold(`${name} ${id}`).includes(wanted);
    const buttons = this.#buttons();
    for (const { number } of this.#students.values()) setText(number, '');
    buttons.slice(0, 9).forEach((button, index) => setText(button.querySelector('.number'), String(index + 1)));
    const empty = this.#students.size === 0 ? t('students.none') : buttons.length === 0 ? t('students.noMatch') : '';
    setText($('#students-empty'), empty);
    setText($('#student-count'), this.#students.size ? String(this.#students.size) : '');
    $('#students-help').hidden = this.#students.size === 0;
  }

  #buttons() {
    return [...this.#list.querySelectorAll('li:not([hidden]) button.talk')];
  }

  #onListKey(event) {
    const buttons = this.#buttons();
    const at = buttons.indexOf(document.activeElement?.closest('li')?.querySelector('button.talk'));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    if (to < 0) $('#search').focus();
    else buttons[Math.min(to, buttons.length - 1)].focus();
  }

  #onSearchKey(event) {
    const first = this.#buttons()[0];
    if (event.key === 'ArrowDown' && first) {
      event.preventDefault();
      first.focus();
    }
    if (event.key === 'Enter' && first) this.#toggle(first.dataset.student);
    if (event.key === 'Escape' && $('#search').value) {
      event.stopPropagation();
      $('#search').value = '';
      this.#filter();
    }
  }

  #onPageKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape' && this.#listener) this.onTalk(null);
    if (!this.#digits() || event.target.closest('input:not([type="checkbox"]), select, textarea, audio')) return;
    if (event.key === '/') {
      event.preventDefault();
      $('#search').focus();
    }
    if (!/^[1-9]$/.test(event.key)) return;
    const button = this.#buttons()[Number(event.key) - 1];
    if (button) this.#toggle(button.dataset.student);
  }
}
