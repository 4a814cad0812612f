// Two soft notes: "your teacher is talking to you". Made here, so that no file has to be loaded.

let context = null;

/** Call in a tap: a browser plays nothing before one. */
export function unlockChime() {
  context ??= new AudioContext();
  context.resume();
}

export function chime() {
  if (context?.state !== 'running') return;
  note(523.25, 0);
  note(783.99, 0.16);
}

function note(frequency, after) {
  const at = context.currentTime + after;
  const tone = new OscillatorNode(context, { frequency });
  const loudness = new GainNode(context, { gain: 0 });
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.12, at + 0.03);
  loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
  tone.connect(loudness).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.55);
}
