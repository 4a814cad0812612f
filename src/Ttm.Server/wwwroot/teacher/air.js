// Going on air and staying there: the publication, its light, mute, and the warnings about the way to the server.

import { $, clock, setText, t } from '../page.js';
import { publish } from '../ttm-media.js';
import { showWay } from '../way.js';

const LOSS = 0.05; // the share of lost packets that is worth a warning

export class Air extends EventTarget {
  #publisher = null;
  #failure = '';
  #over = '';
  #listener = null;
  #since = 0;
  #muted = false;

  constructor({ lesson, token, microphone, alarms }) {
    super();
    Object.assign(this, { lesson, token, microphone, alarms });
    $('#go').addEventListener('click', () => (this.on ? this.#leaveByHand() : this.go()));
    $('#mute').addEventListener('click', () => this.#mute(!this.#muted));
    microphone.addEventListener('track', ({ detail }) => this.#publisher?.replaceTrack(detail));
    addEventListener('beforeunload', (event) => this.on && event.preventDefault());
    addEventListener('online', () => this.#publisher?.retry());
    document.addEventListener('visibilitychange', () => this.#publisher?.retry());
    setInterval(() => this.#tick(), 1000);
    this.#show();
  }

  get on() {
    return this.#publisher !== null;
  }

  /** Resolves when the server hears, or when that has failed (and the page says why). */
  async go() {
    if (this.on || this.#over) return;
    $('#go').disabled = true;
    this.#failure = '';
    try {
      const track = await this.microphone.open();
      this.#publisher = publish({ url: `/whip/${this.lesson}`, token: this.token, track });
      this.#publisher.muted = this.#muted;
      this.#publisher.addEventListener('state', ({ detail }) => this.#onState(detail));
      showWay(this.#publisher, $('#way'));
      sessionStorage.setItem('ttm.onAir', this.lesson);
      this.#since = Date.now();
    } catch {
      // The microphone has said why beside itself.
    }
    $('#go').disabled = false;
    this.#show();
    await this.#publisher?.ready.catch(() => {});
  }

  /** After a reload of the page: on air as before. */
  async resume() {
    if (sessionStorage.getItem('ttm.onAir') === this.lesson) await this.go();
  }

  #leaveByHand() {
    this.leave();
    this.dispatchEvent(new Event('left'));
  }

  leave() {
    sessionStorage.removeItem('ttm.onAir');
    this.#publisher?.close();
    this.#publisher = null;
    this.#clearAlarms();
    this.#show();
  }

  /** For good: the lesson has ended, or is used elsewhere. */
  end(text) {
    this.#over = text;
    this.leave();
    $('#go').disabled = true;
  }

  /** Who hears: {name, connected, since} or null. */
  setListener(listener) {
    if (listener?.id !== this.#listener?.id) this.#since = listener?.since ?? Date.now();
    this.#listener = listener;
    this.#show();
  }

  #mute(muted) {
    this.#muted = muted;
    if (this.#publisher) this.#publisher.muted = muted;
    this.#show();
  }

  #onState({ state, error }) {
    if (state === 'failed') {
      this.#failure = explain(error);
      this.leave();
    }
    if (!this.on) return;
    this.alarms.set('lost', state === 'reconnecting');
    if (state === 'connected') this.dispatchEvent(new Event('connected'));
    this.#show();
  }

  async #tick() {
    if (!this.on) return;
    this.#showElapsed();
    const { loss } = await this.#publisher.stats().catch(() => ({ loss: 0 }));
    if (this.on) this.alarms.set('loss', loss >= LOSS, { percent: Math.round(loss * 100) });
  }

  #clearAlarms() {
    for (const key of ['lost', 'loss']) this.alarms.set(key, false);
  }

  #show() {
    const state = this.#publisher?.state ?? 'off';
    const live = state === 'connected';
    $('#air').dataset.state = !live ? state : this.#muted ? 'muted' : this.#listener ? 'live' : 'idle';
    setText($('#air-text'), this.#text(state));
    setText($('#go'), t(this.on ? 'air.leave' : 'air.go'));
    $('#go').className = this.on ? 'plain' : 'main';
    $('#stop').hidden = !this.#listener || Boolean(this.#over);
    $('#mute').hidden = !this.on;
    $('#mute').setAttribute('aria-pressed', this.#muted);
    setText($('#mute'), t(this.#muted ? 'air.unmute' : 'air.mute'));
    document.title = `${live && this.#listener ? '● ' : ''}${this.lesson} – TtmMedia`;
    this.#showElapsed();
  }

  #showElapsed() {
    setText($('#elapsed'), this.on ? clock((Date.now() - this.#since) / 1000) : '');
  }

  #text(state) {
    const name = this.#listener?.name ?? '';
    if (this.#over) return this.#over;
    if (this.#failure) return t('air.failed', { why: this.#failure });
    if (state === 'off') return t('air.off');
    if (state !== 'connected') return t(`air.${state}`);
    if (!this.#listener) return t('air.nobody');
    if (this.#muted) return t('air.muted', { name });
    return t(this.#listener.connected ? 'air.to' : 'air.toAway', { name });
  }
}

function explain(error) {
  if (error.status === 409) return t('link.otherTeacher');
  if (error.status === 401 || error.status === 403) return t('link.refused');
  return error.message;
}
