// "How do I sound?": records a moment of the microphone in this browser alone, and plays it.

const SECONDS = 3;

/** Null where this browser cannot record. `onStep` is told 'recording' and 'playing'. */
export const hearBack = globalThis.MediaRecorder ? recordAndPlay : null;

async function recordAndPlay(track, onStep) {
  const recorder = new MediaRecorder(new MediaStream([track]));
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  onStep('recording');
  await new Promise((resolve, reject) => {
    recorder.onstop = resolve;
    recorder.onerror = ({ error }) => reject(error ?? new Error('MediaRecorder'));
    recorder.start();
    setTimeout(() => recorder.state === 'recording' && recorder.stop(), 1000 * SECONDS);
  });
  onStep('playing');
  const url = URL.createObjectURL(new Blob(parts, { type: recorder.mimeType }));
  try {
    const audio = new Audio(url);
    await audio.play();
    await new Promise((resolve) => (audio.onended = audio.onerror = audio.onpause = resolve));
  } finally {
    URL.revokeObjectURL(url);
  }
}
