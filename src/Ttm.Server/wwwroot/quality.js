// How well a student hears, in one word: from what the student's browser reports to the server.

/** 'good', 'fair' or 'poor'; '' where nothing is known. @param {{ loss?: number, jitter?: number, roundTrip?: number }} link parts of 1, seconds */
export function qualityOf({ loss, jitter, roundTrip }) {
  if (loss == null) return '';
  // A browser conceals a few lost packets well; above that words are lost, and above half a second talk and answers collide.
  if (loss >= 0.1 || jitter >= 0.1 || roundTrip >= 0.6) return 'poor';
  if (loss >= 0.02 || jitter >= 0.04 || roundTrip >= 0.3) return 'fair';
  return 'good';
}

/** For a tooltip: the figures behind the word. */
export function figuresOf({ loss, roundTrip }) {
  return [`${Math.round(100 * loss)} %`, roundTrip != null && `${Math.round(1000 * roundTrip)} ms`].filter(Boolean).join(' · ');
}
