// Going on air and staying there: the publication, its light, mute, and the warnings about the way to the server.

import { watchArrivals } from '../lifeline.js';
import { $, clock, setText, t } from '../page.js';
import { publish } from '../ttm-media.js';
import { showWay } from '../way.js';

const LOSS = 0.05; // the share of lost packets that is worth a warning
const CALM = 0.02; // and the one below which the warning goes again
const LOOKS = 3; // seconds over which the share is taken

export class Air extends EventTarget {
  #publisher = null;
  #failure = '';
  #over = '';
  #listener = null;
  #since = 0;
  #onAirSince = 0;
  #muted = false;
  #lost = false;
  #unread = 0;
  #losses = [];

  constructor({ lesson, token, microphone, alarms }) {
    super();
    Object.assign(this, { lesson, token, microphone, alarms });
    $('#go').addEventListener('click', () => (this.on ? this.#leaveByHand() : this.go()));
    $('#mute').addEventListener('click', () => this.toggleMute());
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
      watchArrivals(this.#publisher, (lost) => this.#onArrivals(lost));
      this.#onAirSince = Number(sessionStorage.getItem('ttm.onAirSince')) || Date.now();
      sessionStorage.setItem('ttm.onAirSince', this.#onAirSince);
      this.#since = this.#listener?.since ?? this.#onAirSince;
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
    for (const key of ['ttm.onAir', 'ttm.onAirSince']) sessionStorage.removeItem(key);
    this.#publisher?.close();
    this.#publisher = null;
    this.#lost = false;
    this.#losses = [];
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
    if (listener?.id !== this.#listener?.id) this.#since = listener?.since ?? this.#onAirSince;
    this.#listener = listener;
    this.#show();
  }

  /** How many typed answers nobody has read: told in the tab's title, for a teacher who looks at another one. */
  setUnread(count) {
    this.#unread = count;
    this.#show();
  }

  get muted() {
    return this.#muted;
  }

  toggleMute() {
    if (!this.on) return;
    this.#muted = !this.#muted;
    this.#publisher.muted = this.#muted;
    this.#show();
    this.dispatchEvent(new Event('muted'));
  }

  /** Nothing has come from the server for more than two seconds, or something does again. */
  #onArrivals(lost) {
    this.#lost = lost;
    this.#showLost();
    if (!lost) this.dispatchEvent(new Event('connected'));
  }

  #showLost() {
    if (this.on) this.alarms.set('lost', this.#lost || this.#publisher.state === 'reconnecting');
    this.#show();
  }

  #onState({ state, error }) {
    if (state === 'failed') {
      this.#failure = explain(error);
      this.leave();
    }
    if (!this.on) return;
    if (state === 'connected') this.dispatchEvent(new Event('connected'));
    this.#showLost();
  }

  async #tick() {
    if (!this.on) return;
    this.#showElapsed();
    const { loss } = await this.#publisher.stats().catch(() => ({ loss: 0 }));
    if (!this.on) return;
    this.#losses = [loss, ...this.#losses].slice(0, LOOKS);
    const share = this.#losses.reduce((sum, one) => sum + one, 0) / LOOKS;
    if (share >= LOSS) this.alarms.set('loss', true, { percent: Math.round(share * 100) });
    else if (share < CALM) this.alarms.set('loss', false);
  }

  #clearAlarms() {
    for (const key of ['lost', 'loss']) this.alarms.set(key, false);
  }

  #show() {
    const state = this.#lost ? 'reconnecting' : (this.#publisher?.state ?? 'off');
    const live = state === 'connected';
    $('#air').dataset.state = !live ? state : this.#muted ? 'muted' : this.#listener ? 'live' : 'idle';
    setText($('#air-text'), this.#text(state));
    setText($('#go'), t(this.on ? 'air.leave' : 'air.go'));
    $('#go').className = this.on ? 'plain' : 'main';
    $('#stop').hidden = !this.#listener || Boolean(this.#over);
    $('#mute').hidden = !this.on;
    $('#mute').classList.toggle('on', this.#muted);
    setText($('#mute'), t(this.#muted ? 'air.unmute' : 'air.mute'));
    document.title = `${live && this.#listener ? '● ' : ''}${this.#unread ? `(${this.#unread}) ` : ''}${this.lesson} – TtmMedia`;
    this.#showElapsed();
  }

  #showElapsed() {
    const since = (time) => clock((Date.now() - time) / 1000);
    setText($('#elapsed'), this.on ? since(this.#since) : '');
    setText($('#total'), this.on && this.#listener ? t('air.total', { time: since(this.#onAirSince) }) : '');
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
