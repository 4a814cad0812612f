// Warnings in words. The list is an alert: what appears in it is read out.

import { h, t } from './page.js';

export class Alarms {
  #list;
  #shown = new Map();
  #timers = new Map();
  #dismissed = new Set();

  constructor(list) {
    this.#list = list;
  }

  /** Shows or hides the warning of that key; changing values change the text in place. */
  set(key, on, values = {}) {
    clearTimeout(this.#timers.get(key));
    const shown = this.#shown.get(key);
    if (!on) {
      shown?.remove();
      this.#shown.delete(key);
      this.#dismissed.delete(key);
      return;
    }
    if (this.#dismissed.has(key)) return;
    const text = t(`alarm.${key}`, values);
    if (shown) {
      if (shown.firstElementChild.textContent !== text) shown.firstElementChild.textContent = text;
      return;
    }
    const close = h('button', { class: 'plain small', onclick: () => this.#dismiss(key) }, t('alarm.dismiss'));
    const alarm = h('p', { class: 'alarm', 'data-alarm': key }, h('span', {}, text), close);
    this.#shown.set(key, alarm);
    this.#list.append(alarm);
  }

  /** Closed by hand: it comes back when its cause has gone and come again. */
  #dismiss(key) {
    this.set(key, false);
    this.#dismissed.add(key);
  }

  /** Shows the warning for that many milliseconds. */
  flash(key, values, ms = 8000) {
    this.set(key, false);
    this.set(key, true, values);
    this.#timers.set(key, setTimeout(() => this.set(key, false), ms));
  }
}
