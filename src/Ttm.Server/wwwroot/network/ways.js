// The ways in of one server, in the order in which they are shown.

import { tryCalls, tryConnection, tryEvents } from './trials.js';

/**
 * `{ id, protocol, port, try }`; `try` is null where the server does not offer that way.
 * Ids are keys of the texts `network.way.…`.
 */
export function listWays(view, token) {
  const page = Number(location.port) || (location.protocol === 'https:' ? 443 : 80);
  const ways = [
    { id: location.protocol === 'https:' ? 'https' : 'http', protocol: 'TCP', port: page, try: () => tryCalls(token) },
    { id: 'events', protocol: 'TCP', port: page, try: () => tryEvents(token) },
    { id: 'udp', protocol: 'UDP', port: view.udpPort, try: () => tryConnection(token, {}) },
  ];
  for (const port of [...view.tcpPorts].sort((a, b) => (b === page) - (a === page))) {
    ways.push({ id: 'tcp', protocol: 'TCP', port, try: () => tryConnection(token, { candidate: (protocol, at) => protocol === 'tcp' && at === port }) });
  }
  if (!view.tcpPorts.length) ways.push({ id: 'tcp', protocol: 'TCP', port: page, try: null });
  for (const [id, protocol, pattern] of [['turnUdp', 'UDP', /^turn:.*transport=udp$/], ['turnTcp', 'TCP', /^turn:.*transport=tcp$/], ['turnTls', 'TCP', /^turns:/]]) {
    const servers = view.iceServers
      .map((server) => ({ ...server, urls: server.urls.filter((url) => pattern.test(url)) }))
      .filter((server) => server.urls.length);
    // The media port answers TURN, too. It is no ICE server for others, since a browser would then take nothing from it directly.
    if (id === 'turnUdp') for (const server of servers) server.urls = server.urls.map((url) => url.replace(/:\d+\?/, `:${view.udpPort}?`));
    const port = Number(servers[0]?.urls[0].match(/:(\d+)\?/)?.[1] ?? 0) || null;
    ways.push({ id, protocol, port, try: servers.length ? () => tryConnection(token, { servers }) : null });
  }
  return ways;
}

/**
 * `{ state, advice }`. State is 'bad' where the page's calls fail or sound does not come at all, 'fair' where it comes by TCP alone or the events
 * are held back, else 'good'. Advice has the keys of its sentences.
 */
export function judge(results) {
  const works = (...ids) => results.some((r) => ids.includes(r.id) && r.state === 'works');
  if (!works('https', 'http') || !works('udp', 'tcp', 'turnUdp', 'turnTcp', 'turnTls')) return { state: 'bad', advice: ['network.bad.advice'] };
  const advice = [];
  if (!works('udp', 'turnUdp')) advice.push('network.fair.tcp');
  if (!works('events')) advice.push('network.fair.events');
  return advice.length ? { state: 'fair', advice } : { state: 'good', advice: ['network.good.advice'] };
}
