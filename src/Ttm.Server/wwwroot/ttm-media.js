/*
 * TtmMedia in the browser: RTCPeerConnection and fetch, nothing else. WHIP (RFC 9725) to speak, WHEP to hear.
 * Copy this file into an application, or leave it out: a plain RTCPeerConnection does.
 *
 *   const speaking = publish({ url: '/whip/algebra-7', token });
 *   const hearing = listen({ url: '/whep/algebra-7', token });
 *   hearing.addEventListener('state', (e) => console.log(e.detail.state));
 *   await hearing.ready;
 *
 * A connection heals itself: an ICE restart first (PATCH), a new session (POST) where that does not help, with
 * back-off, until close() or an answer that trying again cannot change (400, 401, 403, 406, 409, 413, 415, 422).
 */

const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
const FINAL = [400, 401, 403, 406, 409, 413, 415, 422];
const GRACE = 700; // ms in which a "disconnected" transport may come back by itself
const CONNECT = 10000; // ms from the answer to a connected transport
const HEAL = 4000; // ms from an ICE restart to a connected transport
const STEADY = 10000; // ms of connection after which the next back-off starts small again

/** What went wrong: `status` is the HTTP status (0: none), `reason` is 'http', 'network', 'token', 'microphone' or 'transport'. */
export class MediaError extends Error {
  constructor(message, reason, status = 0, cause = undefined) {
    super(message, { cause });
    this.name = 'MediaError';
    this.reason = reason;
    this.status = status;
  }

  /** True where trying again cannot help. */
  get final() {
    return this.reason === 'microphone' || FINAL.includes(this.status);
  }
}

/** Speaks: sends one microphone to a WHIP endpoint. Returns at once; `ready` resolves when the server hears. */
export function publish(options) {
  return new Publisher(options)._start();
}

/** Hears: plays what a WHEP endpoint sends. Returns at once; `ready` resolves when the stream is connected. */
export function listen(options) {
  return new Listener(options)._start();
}

/** The microphones there are; their labels are empty until one has been allowed. */
export async function microphones() {
  return (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === 'audioinput');
}

class Connection extends EventTarget {
  #options;
  #state = 'connecting';
  #session = null;
  #wake = null;
  #meter = 0;
  #settle;

  constructor(options) {
    super();
    this.#options = options;
    this._pc = null;
    this.ready = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.ready.catch(() => {});
  }

  /** 'connecting', 'connected', 'reconnecting', 'failed' or 'closed'. */
  get state() {
    return this.#state;
  }

  /** The RTCPeerConnection of now; a reconnect makes another. */
  get peerConnection() {
    return this._pc;
  }

  /** The session URL of now, or null. */
  get session() {
    return this.#session;
  }

  addEventListener(type, ...rest) {
    super.addEventListener(type, ...rest);
    if (type === 'level' && !this.#meter && !this._over) {
      this.#meter = setInterval(async () => {
        const level = await this._level().catch(() => 0);
        if (!this._over) this._emit('level', level);
      }, this.#options.levelInterval ?? 150);
    }
  }

  /** Ends the session at the server and frees everything. */
  close() {
    if (this._over) return;
    this.#set('closed');
    this.#settle.reject(new MediaError('closed', 'transport'));
    this.#finish();
  }

  /** Tries now, not when the back-off says so: after sleep, or when the network is back. */
  retry() {
    this.#wake?.();
  }

  /** A new network path for the same session; sound goes on over the old one until the new one works. */
  async restart() {
    const pc = this._pc;
    if (!this.#session) throw new MediaError('there is no session to restart', 'transport');
    const offer = await pc.createOffer({ iceRestart: true });
    const line = (name) => offer.sdp.match(new RegExp(`^${name}.*$`, 'm'))?.[0] ?? '';
    const body = ['a=ice-ufrag:', 'a=ice-pwd:', 'm=audio', 'a=mid:'].map(line).join('\r\n') + '\r\n';
    const response = await this.#fetch(this.#session, 'PATCH', FRAGMENT, body, { 'If-Match': '*' });
    const fragment = await response.text();
    if (pc !== this._pc || this._over) return;
    await pc.setLocalDescription(offer);
    await pc.setRemoteDescription({ type: 'answer', sdp: withTransport(pc.remoteDescription.sdp, fragment) });
  }

  /** Figures of now: bytes and packets (sent or received), lost (packets), loss (0–1, of late), jitter and rtt in seconds. */
  async stats() {
    const sums = { bytes: 0, packets: 0, lost: 0, loss: 0, jitter: 0, rtt: 0, level: 0 };
    for (const s of (await this._pc?.getStats())?.values() ?? []) {
      if (s.type === 'outbound-rtp') Object.assign(sums, { bytes: s.bytesSent, packets: s.packetsSent });
      if (s.type === 'inbound-rtp') {
        Object.assign(sums, { bytes: s.bytesReceived, packets: s.packetsReceived, lost: s.packetsLost, jitter: s.jitter });
        sums.level = s.audioLevel ?? 0;
      }
      if (s.type === 'remote-inbound-rtp') {
        Object.assign(sums, { lost: s.packetsLost, loss: s.fractionLost ?? 0, jitter: s.jitter, rtt: s.roundTripTime ?? 0 });
      }
      if (s.type === 'media-source') sums.level = s.audioLevel ?? 0;
      if (s.type === 'candidate-pair' && s.nominated && s.currentRoundTripTime) sums.rtt ||= s.currentRoundTripTime;
    }
    return sums;
  }

  _emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  get _over() {
    return this.#state === 'closed' || this.#state === 'failed';
  }

  _start() {
    this.online = () => this.retry();
    globalThis.addEventListener?.('online', this.online);
    this.#run();
    return this;
  }

  async #run() {
    for (let attempt = 0; !this._over; attempt++) {
      let wait = Math.min(5000, 250 * 2 ** attempt) * (0.75 + Math.random() / 2);
      try {
        await this.#connect();
        if (this._over) return;
        const since = performance.now();
        this.#settle.resolve(this);
        this.#set('connected');
        await this.#untilBroken();
        if (performance.now() - since > STEADY) attempt = -1;
      } catch (error) {
        if (this._over) return;
        const known = error instanceof MediaError ? error : new MediaError(error.message, 'transport', 0, error);
        if (known.final) {
          this.#set('failed', known);
          this.#settle.reject(known);
          return this.#finish();
        }
        wait = Math.max(wait, known.retryAfter ?? 0);
        this.#set(this.#state === 'connecting' ? 'connecting' : 'reconnecting', known);
      }
      if (attempt >= 0) await this.#pause(wait);
    }
  }

  /** One POST. Its offer is sent at once: the server is ICE-lite and needs no candidate of ours. */
  async #connect() {
    this._pc?.close();
    this.#session = null;
    const { url, iceServers } = this.#options;
    const pc = (this._pc = new RTCPeerConnection({ iceServers: iceServers ?? [], bundlePolicy: 'max-bundle' }));
    await this._prepare(pc);
    const offer = await pc.createOffer();
    const response = await this.#fetch(new URL(url, location.href), 'POST', SDP, opus(offer.sdp, this.#options));
    this.#session = new URL(response.headers.get('location'), response.url).href;
    const answer = await response.text();
    if (this._over) return this.#finish();
    const links = iceServers ? [] : parseLinks(response.headers.get('link'));
    try {
      if (links.length) pc.setConfiguration({ ...pc.getConfiguration(), iceServers: links });
    } catch {
      // An ICE server that this browser does not take is no reason not to connect: the media port may be reached directly.
    }
    await pc.setLocalDescription(offer);
    await pc.setRemoteDescription({ type: 'answer', sdp: opus(answer, this.#options) });
    if (!(await this.#until(pc, CONNECT, 'connected'))) throw new MediaError('no connection to the media port', 'transport');
  }

  /** Returns when the session cannot be healed by an ICE restart. */
  async #untilBroken() {
    const pc = this._pc;
    for (;;) {
      await this.#until(pc, 0, 'disconnected', 'failed', 'closed');
      if (this._over || pc.connectionState === 'closed') return;
      this.#set('reconnecting');
      if (pc.connectionState !== 'failed' && (await this.#until(pc, GRACE, 'connected'))) {
        this.#set('connected');
        continue;
      }
      try {
        await this.restart();
      } catch (error) {
        if (error.status || pc.connectionState === 'failed') return;
        await this.#pause(1000);
      }
      if (this._over) return;
      if (!(await this.#until(pc, HEAL, 'connected'))) return;
      this.#set('connected');
    }
  }

  /** Waits for one of the states; false when `ms` have passed (0: no limit) or the connection is over. */
  #until(pc, ms, ...states) {
    return new Promise((resolve) => {
      const done = (result) => {
        clearTimeout(timer);
        pc.removeEventListener('connectionstatechange', check);
        this.removeEventListener('state', check);
        resolve(result);
      };
      const check = () => {
        if (states.includes(pc.connectionState)) done(true);
        else if (this._over || pc.connectionState === 'closed') done(false);
      };
      const timer = ms ? setTimeout(() => done(false), ms) : 0;
      pc.addEventListener('connectionstatechange', check);
      this.addEventListener('state', check);
      check();
    });
  }

  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => (clearTimeout(timer), resolve());
    });
  }

  async #fetch(url, method, type, body, headers = {}) {
    const bearer = await this.#token();
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    if (type) headers['Content-Type'] = type;
    let response;
    try {
      const keepalive = method === 'DELETE';
      response = await fetch(url, { method, headers, body, keepalive, signal: AbortSignal.timeout(10000) });
    } catch (cause) {
      throw new MediaError('the server cannot be reached', 'network', 0, cause);
    }
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    const error = new MediaError(problem.title ?? `the server answered ${response.status}`, 'http', response.status);
    error.retryAfter = 1000 * (Number(response.headers.get('retry-after')) || 0);
    throw error;
  }

  async #token() {
    const { token } = this.#options;
    if (typeof token !== 'function') return token;
    try {
      return await token();
    } catch (cause) {
      throw new MediaError(`the token function failed: ${cause?.message ?? cause}`, 'token', 0, cause);
    }
  }

  #set(state, error = undefined) {
    if (this.#state === state && !error) return;
    this.#state = state;
    this._emit('state', { state, error });
  }

  #finish() {
    clearInterval(this.#meter);
    globalThis.removeEventListener?.('online', this.online);
    this.#wake?.();
    this._pc?.close();
    if (this.#session) this.#fetch(this.#session, 'DELETE').catch(() => {});
    this.#session = null;
    this._release();
  }
}

class Publisher extends Connection {
  #options;
  #own = false;
  #muted = false;

  constructor(options) {
    super(options);
    this.#options = options;
    this.track = options.track ?? options.stream?.getAudioTracks()[0] ?? null;
  }

  get muted() {
    return this.#muted;
  }

  /** A muted microphone sends silence: the connection and the recording go on. */
  set muted(value) {
    this.#muted = value;
    if (this.track) this.track.enabled = !value;
  }

  /** Speaks by another microphone from now on; nothing is renegotiated. */
  async setDevice(deviceId) {
    const track = await this.#open(deviceId);
    await this.replaceTrack(track);
    this.#own = true;
  }

  /** Sends another track from now on. */
  async replaceTrack(track) {
    await this._pc?.getSenders()[0]?.replaceTrack(track);
    if (this.#own && this.track !== track) this.track?.stop();
    this.#own = false;
    this.#take(track);
  }

  async _prepare(pc) {
    if (!this.track || (this.#own && this.track.readyState === 'ended')) {
      this.#take(await this.#open(this.#options.deviceId));
      this.#own = true;
    }
    pc.addTransceiver(this.track, { direction: 'sendonly' });
  }

  async _level() {
    return (await this.stats()).level;
  }

  _release() {
    if (this.#own) this.track?.stop();
  }

  async #open(deviceId) {
    const audio = { channelCount: 1, ...this.#options.constraints, ...(deviceId && { deviceId: { exact: deviceId } }) };
    try {
      return (await navigator.mediaDevices.getUserMedia({ audio })).getAudioTracks()[0];
    } catch (cause) {
      throw new MediaError(cause.message || cause.name, 'microphone', 0, cause);
    }
  }

  #take(track) {
    this.track = track;
    track.enabled = !this.#muted;
    track.addEventListener('ended', () => this.track === track && this._emit('ended', track));
  }
}

class Listener extends Connection {
  constructor(options) {
    super(options);
    /** The element that plays; give one by `options.audio` to use your own. */
    this.audio = options.audio ?? new Audio();
    this.audio.autoplay = true;
    /** The track of now, or null. */
    this.track = null;
  }

  get volume() {
    return this.audio.volume;
  }

  set volume(value) {
    this.audio.volume = Math.min(1, Math.max(0, value));
  }

  /** Starts the sound; call it in a tap or key press after a 'blocked' event. */
  async play() {
    try {
      await this.audio.play();
    } catch (cause) {
      if (cause.name === 'NotAllowedError') this._emit('blocked', cause);
    }
  }

  _prepare(pc) {
    const { receiver } = pc.addTransceiver('audio', { direction: 'recvonly' });
    this.track = receiver.track;
    this.audio.srcObject = new MediaStream([receiver.track]);
    this._emit('track', receiver.track);
    this.play();
  }

  async _level() {
    const source = this._pc?.getReceivers()[0]?.getSynchronizationSources()[0];
    return source?.audioLevel ?? (await this.stats()).level;
  }

  _release() {
    this.audio.srcObject = null;
  }
}

/** Sets what Opus is asked for: mono, in-band FEC, DTX only by option. */
function opus(sdp, { dtx = false, fec = true, bitrate = 0 }) {
  const type = sdp.match(/^a=rtpmap:(\d+) opus\/48000/im)?.[1];
  const wanted = { stereo: 0, useinbandfec: +fec, usedtx: +dtx, ...(bitrate && { maxaveragebitrate: bitrate }) };
  return sdp.replace(new RegExp(`^(a=fmtp:${type} )(.*)$`, 'm'), (_, head, tail) => {
    const parameters = Object.fromEntries(tail.split(';').map((pair) => pair.trim().split('=')));
    return head + Object.entries({ ...parameters, ...wanted }).map((pair) => pair.join('=')).join(';');
  });
}

/** The last answer with the transport of an RFC 8840 fragment. */
function withTransport(sdp, fragment) {
  for (const name of ['ice-ufrag', 'ice-pwd']) {
    const line = fragment.match(new RegExp(`^a=${name}:.*$`, 'm'))?.[0];
    if (line) sdp = sdp.replace(new RegExp(`^a=${name}:.*$`, 'gm'), line);
  }
  const candidates = fragment.match(/^a=candidate:.*$/gm);
  if (!candidates) return sdp;
  return sdp.replace(/^a=(candidate:.*|end-of-candidates)\r?\n/gm, '') + candidates.join('\r\n') + '\r\n';
}

/** `Link: <turn:…>; rel="ice-server"; username="…"; credential="…"` for RTCPeerConnection. */
function parseLinks(header) {
  return [...(header ?? '').matchAll(/<((?:stun|turn)s?:[^>]+)>([^<]*)/g)].map(([, urls, rest]) => {
    const value = (name) => rest.match(new RegExp(`${name}="?([^";,]+)`))?.[1];
    return { urls, username: value('username'), credential: value('credential') };
  });
}
