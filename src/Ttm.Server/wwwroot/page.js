// What the pages share: the link's fragment, text in the reader's language, elements, times.

import en from './texts.en.js';
import es from './texts.es.js';

const LANGUAGES = { en, es };

function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export const memory = {
  get: (key, otherwise = null) => remembered(`ttm.${key}`) ?? otherwise,
  set(key, value) {
    try {
      localStorage.setItem(`ttm.${key}`, value);
    } catch {
      // A browser that keeps nothing is no reason to stop.
    }
  },
};

const wished = new URLSearchParams(location.search).get('lang') ?? memory.get('language') ?? navigator.language.slice(0, 2);
export const language = LANGUAGES[wished] ? wished : 'en';

/** The text of that key; `{name}` is replaced by values.name. */
export function t(key, values = {}) {
  const text = LANGUAGES[language][key] ?? en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** Fills [data-t], [data-t-label] and [data-t-hint] and wires the language choice. */
export function translatePage() {
  document.documentElement.lang = language;
  for (const e of document.querySelectorAll('[data-t]')) e.textContent = t(e.dataset.t);
  for (const e of document.querySelectorAll('[data-t-label]')) e.setAttribute('aria-label', t(e.dataset.tLabel));
  for (const e of document.querySelectorAll('[data-t-hint]')) e.placeholder = t(e.dataset.tHint);
  const choice = document.querySelector('#language');
  if (!choice) return;
  choice.value = language;
  choice.addEventListener('change', () => {
    memory.set('language', choice.value);
    const url = new URL(location.href);
    url.searchParams.delete('lang');
    history.replaceState(null, '', url);
    location.reload();
  });
}

export const $ = (selector) => document.querySelector(selector);

/** h('button', { class: 'x', onclick: f, 'aria-pressed': 'true' }, 'text', child…) */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Says beside a field what is wrong with it; '' takes that back. The words stand in the element that the field's aria-describedby names. */
export function setFault(field, text) {
  setText(document.getElementById(field.getAttribute('aria-describedby')), text);
  if (text) field.setAttribute('aria-invalid', 'true');
  else field.removeAttribute('aria-invalid');
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** `#token=…&lesson=…`: kept out of the server's logs. The token's own claims fill in what the link leaves out. */
export function readLink() {
  const link = new URLSearchParams(location.hash.slice(1));
  const token = link.get('token') ?? '';
  const claims = readClaims(token);
  return {
    token,
    claims,
    lesson: link.get('lesson') ?? claims.lesson ?? '',
    me: claims.sub ?? '',
  };
}

function readClaims(token) {
  try {
    const bytes = Uint8Array.from(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

/** Without case and accents: "jose" finds José. */
export const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, '0');
  const minutes = `${Math.floor(whole / 60) % 60}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

export const timeOfDay = (rfc3339) =>
  new Date(rfc3339).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Shows a level of 0–1 in a [role=meter] by a scale on which speech fills most of the bar (-60 dB is empty). */
export function showLevel(meter, level) {
  const share = level > 0.001 ? 1 + Math.log10(level) / 3 : 0;
  meter.firstElementChild.style.transform = `scaleX(${share.toFixed(3)})`;
  meter.setAttribute('aria-valuenow', Math.round(share * 100));
}

/** Tells other tabs with the same link that this one has taken over; runs `onTaken` when another does. */
export function claimTab(name, onTaken) {
  const channel = new BroadcastChannel(`ttm.${name}`);
  channel.onmessage = onTaken;
  return () => channel.postMessage('taken');
}
