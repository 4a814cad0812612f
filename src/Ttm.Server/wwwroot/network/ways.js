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

/** 'good': UDP, or its relay, and the page's own ways work; 'fair': sound comes somehow; 'bad': it does not, or the page's calls fail. */
export function judge(results) {
  const works = (...ids) => results.some((r) => ids.includes(r.id) && r.state === 'works');
  if (!works('udp', 'tcp', 'turnUdp', 'turnTcp', 'turnTls')) return 'bad';
  return works('udp', 'turnUdp') && works('events') ? 'good' : 'fair';
}
