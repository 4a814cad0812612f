// Watches a microphone's track: its level, digital silence (a muted or broken device) and clipping.

const PERIOD = 100; // ms between looks
const SILENCE = 2000; // ms of zeros before it is called silence
const CLIP = 0.99;
const CLIPPING = 3000; // ms that the warning stays

export class Meter {
  #context = null;
  #source = null;
  #timer = 0;
  #lastSound = 0;
  #clips = [];

  constructor(onReading) {
    this.onReading = onReading;
  }

  watch(track) {
    this.stop();
    this.#context ??= new AudioContext();
    this.#resume();
    this.#lastSound = performance.now();
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 4096;
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => this.#look(analyser, samples, track), PERIOD);
  }

  stop() {
    clearInterval(this.#timer);
    this.#source?.disconnect();
    this.#source = null;
  }

  #look(analyser, samples, track) {
    const now = performance.now();
    // A browser lets a context run only after a gesture; before it nothing can be said about silence.
    if (this.#context.state !== 'running' || !track.enabled) this.#lastSound = now;
    analyser.getFloatTimeDomainData(samples);
    let peak = 0;
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    if (peak > 0) this.#lastSound = now;
    this.#clips = this.#clips.filter((at) => now - at < CLIPPING);
    if (peak >= CLIP) this.#clips.push(now);
    this.onReading({
      level: track.enabled ? peak : 0,
      silent: now - this.#lastSound > SILENCE,
      clipping: this.#clips.length >= 3,
    });
  }

  #resume() {
    const resume = () => this.#context.resume();
    resume();
    for (const type of ['pointerdown', 'keydown']) addEventListener(type, resume, { once: true });
  }
}
