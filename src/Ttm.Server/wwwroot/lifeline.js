// Sees within three seconds that nothing comes over a connection any more, long before a browser calls it disconnected: a student gets a packet
// of silence at least every second, a teacher gets a report about as often.

const LOOK = 500; // ms between looks
const LIMIT = 2000; // ms without anything

/** Runs `onChange(true)` when nothing arrives, and `onChange(false)` when something does again. Tries another network path by itself. */
export function watchArrivals(connection, onChange) {
  let seen = '';
  let since = performance.now();
  let lost = false;
  const set = (now) => {
    if (lost === now) return;
    lost = now;
    onChange(lost);
    // Harmless where it was a hiccup; where the network has changed it is what brings the sound back soonest.
    if (lost) connection.restart().catch(() => {});
  };
  const look = async () => {
    const arrived = await arrivals(connection.peerConnection).catch(() => seen);
    const now = performance.now();
    // Only a connection that stood can fall silent; while one is made, its own state says enough.
    if (connection.state !== 'connected' || arrived !== seen) {
      seen = arrived;
      since = now;
      set(false);
    } else {
      set(now - since > LIMIT);
    }
  };
  const timer = setInterval(look, LOOK);
  connection.addEventListener('state', ({ detail }) => {
    if (detail.state !== 'closed' && detail.state !== 'failed') return;
    clearInterval(timer);
    lost = false;
  });
}

/** Changes with everything that arrives. */
async function arrivals(pc) {
  const seen = [];
  for (const s of (await pc?.getStats())?.values() ?? []) {
    if (s.type === 'inbound-rtp' || s.type === 'transport') seen.push(s.packetsReceived);
    if (s.type === 'remote-inbound-rtp') seen.push(s.timestamp, s.packetsLost, s.roundTripTimeMeasurements);
    if (s.type === 'candidate-pair') seen.push(s.responsesReceived, s.bytesReceived);
  }
  return seen.join();
}
