// Tries each way in once. A trial resolves to its round-trip time in milliseconds, and rejects where the way is closed.

const TIME_UP = 9000; // ms for one connection; TLS and a relay take several round trips
const PINGS = 3;

/** What the server offers; rejects with the HTTP status in `status` where the link is not good. */
export async function readWays(token) {
  const response = await call('/api/v1/network', token);
  return response.json();
}

/** The best of a few plain requests. */
export async function tryCalls(token) {
  let best = Infinity;
  for (let i = 0; i < PINGS; i++) {
    const since = performance.now();
    await (await call('/api/v1/network', token)).arrayBuffer();
    best = Math.min(best, performance.now() - since);
  }
  return best;
}

/** Events must come one by one: a proxy that holds them back until the end has broken them. */
export function tryEvents(token) {
  return new Promise((resolve, reject) => {
    const source = new EventSource(`/api/v1/network/events?access_token=${encodeURIComponent(token)}`);
    const since = performance.now();
    const times = [];
    const finish = (act) => {
      clearTimeout(timer);
      source.close();
      act();
    };
    const timer = setTimeout(() => finish(() => reject(new Error('no events'))), TIME_UP);
    source.onerror = () => finish(() => reject(new Error('no events')));
    source.addEventListener('tick', () => {
      times.push(performance.now());
      if (times.length < 3) return;
      const apart = times[2] - times[0];
      finish(() => (apart > 400 ? resolve(times[0] - since) : reject(new Error('held back'))));
    });
  });
}

/**
 * A whole connection: ICE, DTLS, and a packet of media.
 * @param {object} way `servers`: RTCIceServers through which alone it may go; else `candidate(protocol, port)` says which of the
 *   server's candidates may be used.
 */
export async function tryConnection(token, { servers, candidate = (protocol) => protocol === 'udp' }) {
  const pc = new RTCPeerConnection({ iceServers: servers ?? [], iceTransportPolicy: servers ? 'relay' : 'all', bundlePolicy: 'max-bundle' });
  const end = performance.now() + TIME_UP;
  try {
    pc.addTransceiver('audio', { direction: 'recvonly' });
    const offer = await pc.createOffer();
    const headers = { 'Content-Type': 'application/sdp' };
    const response = await call('/api/v1/network/connection', token, { method: 'POST', headers, body: offer.sdp });
    const answer = await response.text();
    await pc.setLocalDescription(offer);
    await pc.setRemoteDescription({ type: 'answer', sdp: keep(answer, candidate) });
    while (performance.now() < end) {
      if (pc.connectionState === 'failed') break;
      const time = pc.connectionState === 'connected' && (await roundTrip(pc));
      if (time) return time;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('no connection');
  } finally {
    pc.close();
  }
}

/** Of the pair that is used, once media has come by it. */
async function roundTrip(pc) {
  const all = [...(await pc.getStats()).values()];
  if (!all.some((s) => s.type === 'inbound-rtp' && s.packetsReceived > 0)) return 0;
  const times = all.filter((s) => s.type === 'candidate-pair' && s.state === 'succeeded' && s.currentRoundTripTime > 0);
  return 1000 * Math.min(...times.map((s) => s.currentRoundTripTime), Infinity);
}

/** The answer with those candidates alone. */
function keep(sdp, candidate) {
  return sdp.replace(/^a=candidate:\S+ \d+ (\w+) \d+ \S+ (\d+) .*\r?\n/gim, (line, protocol, port) => (candidate(protocol.toLowerCase(), Number(port)) ? line : ''));
}

async function call(path, token, { headers = {}, ...options } = {}) {
  const response = await fetch(path, { ...options, headers: { ...headers, Authorization: `Bearer ${token}` }, cache: 'no-store', signal: AbortSignal.timeout(TIME_UP) });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw Object.assign(new Error(problem.title ?? `HTTP ${response.status}`), { status: response.status });
}
