// The microphone: chosen, remembered, followed when plugged in and out, watched by the meter.

import { Meter } from '../meter.js';
import { $, h, memory, setText, showLevel, t } from '../page.js';
import { hearBack } from './hear-back.js';

export class Microphone extends EventTarget {
  #track = null;
  #deviceId = '';
  #meter;
  #opening = null;

  constructor(alarms) {
    super();
    this.alarms = alarms;
    this.#meter = new Meter((reading) => this.#onReading(reading));
    $('#processing').checked = memory.get('processing', 'yes') === 'yes';
    $('#processing').addEventListener('change', () => {
      memory.set('processing', $('#processing').checked ? 'yes' : 'no');
      if (this.#track) this.#reopen(this.#deviceId);
    });
    $('#microphone').addEventListener('change', () => {
      memory.set('microphone', $('#microphone').value);
      this.#reopen($('#microphone').value);
    });
    $('#hear-back').addEventListener('click', () => this.#hearBack());
    navigator.mediaDevices?.addEventListener('devicechange', () => this.#onDevices());
  }

  /** Opens it where the reader has allowed that before: no question pops up. */
  async openIfAllowed() {
    const permission = await navigator.permissions?.query({ name: 'microphone' }).catch(() => null);
    if (permission?.state === 'granted') await this.open().catch(() => {});
  }

  /** The track, opened now if need be. Throws after saying why. */
  async open() {
    if (this.#track?.readyState === 'live') return this.#track;
    this.#opening ??= this.#acquire(memory.get('microphone', '')).finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #acquire(deviceId) {
    const processing = $('#processing').checked;
    const audio = {
      channelCount: 1,
      echoCancellation: processing,
      noiseSuppression: processing,
      autoGainControl: processing,
    };
    try {
      if (!navigator.mediaDevices) throw new DOMException('mediaDevices', 'NotFoundError');
      this.#take(await openTrack(audio, deviceId));
    } catch (error) {
      setText($('#mic-text'), explain(error));
      $('#test').hidden = false;
      throw error;
    }
    await this.#listDevices();
    return this.#track;
  }

  #take(track) {
    if (this.#track) this.#track.onended = null;
    this.#track?.stop();
    this.#track = track;
    this.#deviceId = track.getSettings().deviceId ?? '';
    track.onended = () => this.#onUnplugged();
    this.#meter.watch(track);
    $('#test').hidden = true;
    $('#hear-back').hidden = !hearBack;
    setText($('#mic-text'), t('mic.hint'));
    this.dispatchEvent(new CustomEvent('track', { detail: track }));
  }

  /** Three seconds of the microphone, played back: what a meter cannot tell is whether it is the right one and sounds well. */
  async #hearBack() {
    $('#hear-back').disabled = true;
    try {
      await hearBack(this.#track, (step) => setText($('#mic-text'), t(step === 'recording' ? 'mic.speakNow' : 'mic.playing')));
      setText($('#mic-text'), t('mic.hint'));
    } catch (error) {
      setText($('#mic-text'), explain(error));
    }
    $('#hear-back').disabled = false;
  }

  #reopen(deviceId) {
    this.#opening = this.#acquire(deviceId).finally(() => (this.#opening = null));
    this.#opening.catch(() => {});
  }

  #onUnplugged() {
    this.alarms.flash('unplugged', {});
    this.#reopen('');
  }

  async #onDevices() {
    if (!this.#track) return;
    await this.#listDevices();
    const wished = memory.get('microphone', '');
    const back = [...$('#microphone').options].some((option) => option.value === wished);
    if (wished && back && wished !== this.#deviceId) this.#reopen(wished);
  }

  async #listDevices() {
    const devices = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === 'audioinput');
    const choice = $('#microphone');
    choice.replaceChildren(...devices.map((d) => h('option', { value: d.deviceId }, d.label || t('mic.default'))));
    choice.value = this.#deviceId;
    choice.disabled = devices.length === 0;
  }

  #onReading({ level, silent, clipping }) {
    showLevel($('#mic-level'), level);
    this.alarms.set('silent', silent);
    this.alarms.set('clipping', clipping);
  }
}

/** Chromium gives the default one for an `ideal` device; and a remembered one that is not plugged in today gives way to the default. */
async function openTrack(audio, deviceId) {
  const open = async (more) => (await navigator.mediaDevices.getUserMedia({ audio: { ...audio, ...more } })).getAudioTracks()[0];
  if (!deviceId) return open();
  return open({ deviceId: { exact: deviceId } }).catch((error) => (error.name === 'OverconstrainedError' ? open() : Promise.reject(error)));
}

function explain(error) {
  if (error.name === 'NotAllowedError' || error.name === 'SecurityError') return t('mic.refused');
  if (error.name === 'NotFoundError') return t('mic.none');
  return t('mic.failed', { why: error.message });
}
