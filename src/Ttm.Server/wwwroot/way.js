// By which way a connection goes, in plain words.

import { setText, t } from './page.js';

const INTERVAL = 2000; // ms: a better pair may be found later, or the network may change

/** 'udp', 'tcp', 'relay.udp', 'relay.tcp' or 'relay.tls': the pair that carries the media. '' while there is none. */
export async function wayOf(pc) {
  const report = await pc.getStats();
  const all = [...report.values()];
  const selected = all.find((s) => s.type === 'transport' && s.selectedCandidatePairId)?.selectedCandidatePairId;
  const pair = report.get(selected) ?? all.find((s) => s.type === 'candidate-pair' && (s.selected || (s.nominated && s.state === 'succeeded')));
  const local = report.get(pair?.localCandidateId);
  if (!local) return '';
  if (local.candidateType !== 'relay') return local.protocol;
  // Which way the client takes to the relay; what the relay sends on is always UDP.
  const byUrl = local.url?.startsWith('turns:') ? 'tls' : local.url?.match(/transport=(\w+)/)?.[1];
  return `relay.${local.relayProtocol ?? byUrl ?? 'udp'}`;
}

/** Keeps an element saying which way a connection of ttm-media.js goes; empty while it does not stand. */
export function showWay(connection, element) {
  const show = async () => {
    const pc = connection.peerConnection;
    const way = connection.state === 'connected' && pc ? await wayOf(pc).catch(() => '') : '';
    element.dataset.way = way;
    setText(element, way && t(`way.${way}`));
  };
  const timer = setInterval(show, INTERVAL);
  connection.addEventListener('state', ({ detail }) => {
    if (detail.state === 'closed' || detail.state === 'failed') clearInterval(timer);
    show();
  });
}
