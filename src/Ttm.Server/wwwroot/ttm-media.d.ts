/** TtmMedia in the browser: RTCPeerConnection and fetch, nothing else. */

export type State = 'connecting' | 'connected' | 'reconnecting' | 'failed' | 'closed';

export interface ConnectionOptions {
  /** The WHIP or WHEP endpoint, e.g. `/whip/algebra-7`; relative to the page. */
  url: string | URL;
  /** The JWT, or a function that gets a fresh one before each request. Where it throws, a `state` event says so with reason 'token', and it is asked again after the back-off. */
  token?: string | (() => string | Promise<string>);
  /** In place of those in the Link headers of the answer. */
  iceServers?: RTCIceServer[];
  /** Milliseconds between `level` events; 150 where not given. */
  levelInterval?: number;
  /** Opus DTX; off where not given. */
  dtx?: boolean;
  /** Opus in-band FEC; on where not given. */
  fec?: boolean;
  /** Opus bitrate, bits per second; the browser's own where not given. */
  bitrate?: number;
}

export interface PublishOptions extends ConnectionOptions {
  /** A stream whose first audio track is sent; it stays yours. */
  stream?: MediaStream;
  /** A track to send; it stays yours. */
  track?: MediaStreamTrack;
  /** The microphone to open where neither stream nor track is given. */
  deviceId?: string;
  /** More constraints for getUserMedia, e.g. `{ noiseSuppression: false }`. */
  constraints?: MediaTrackConstraints;
}

export interface ListenOptions extends ConnectionOptions {
  /** The element that plays; one is made where not given. */
  audio?: HTMLAudioElement;
}

export interface Figures {
  /** Sent by a publisher, received by a listener. */
  bytes: number;
  packets: number;
  /** Packets lost so far. */
  lost: number;
  /** The share lost of late, 0–1 (publisher). */
  loss: number;
  /** Seconds. */
  jitter: number;
  /** Seconds; 0 where unknown. */
  rtt: number;
  /** 0–1. */
  level: number;
}

export class MediaError extends Error {
  /**
   * 'http': the server refused; 'network': it cannot be reached; 'token': the token function threw, and `cause` is what it threw;
   * 'microphone': it cannot be opened; 'transport': there is no connection to the media port, or no session.
   */
  readonly reason: 'http' | 'network' | 'token' | 'microphone' | 'transport';
  /** The HTTP status, or 0. */
  readonly status: number;
  /** True where trying again cannot help. */
  readonly final: boolean;
}

export interface ConnectionEvents {
  /** Every change of state; `error` says why it reconnects or has failed. */
  state: CustomEvent<{ state: State; error?: MediaError }>;
  /** The sound's level, 0–1. */
  level: CustomEvent<number>;
}

export interface PublisherEvents extends ConnectionEvents {
  /** The microphone is gone (unplugged). Choose another with setDevice. */
  ended: CustomEvent<MediaStreamTrack>;
}

export interface ListenerEvents extends ConnectionEvents {
  /** The browser plays nothing before a tap or key press: call play() in one. */
  blocked: CustomEvent<DOMException>;
  /** The track that arrives, a new one after each new session. */
  track: CustomEvent<MediaStreamTrack>;
}

interface Connection<E> {
  readonly state: State;
  readonly session: string | null;
  readonly peerConnection: RTCPeerConnection | null;
  /** Resolves at the first connection; rejects when it has failed or was closed before. */
  readonly ready: Promise<this>;
  addEventListener<K extends keyof E & string>(type: K, listener: (event: E[K]) => void, options?: AddEventListenerOptions): void;
  removeEventListener<K extends keyof E & string>(type: K, listener: (event: E[K]) => void): void;
  stats(): Promise<Figures>;
  /** An ICE restart; sound goes on over the old path until the new one works. Rejects with reason 'transport' while there is no session: before the first, and during a reconnect. */
  restart(): Promise<void>;
  /** Ends a back-off now: after sleep, or when the network is back. */
  retry(): void;
  close(): void;
}

export interface Publisher extends Connection<PublisherEvents> {
  readonly track: MediaStreamTrack | null;
  /** A muted microphone sends silence; connection and recording go on. */
  muted: boolean;
  setDevice(deviceId: string): Promise<void>;
  replaceTrack(track: MediaStreamTrack): Promise<void>;
}

export interface Listener extends Connection<ListenerEvents> {
  readonly audio: HTMLAudioElement;
  readonly track: MediaStreamTrack | null;
  /** 0–1. */
  volume: number;
  play(): Promise<void>;
}

export function publish(options: PublishOptions): Publisher;
export function listen(options: ListenOptions): Listener;
/** The microphones there are; their labels are empty until one has been allowed. `navigator.mediaDevices`' `devicechange` tells of changes. */
export function microphones(): Promise<MediaDeviceInfo[]>;
