// What an administrator can hand on: the rules to ask for, and what was found, as plain text.

import { t } from '../page.js';

/** Lines of a firewall's rules: protocol, host, port. Without the optional ones two are left: one UDP port, one TCP port. */
export function rules(view, ways) {
  const page = ways[0].port;
  const rows = [
    { protocol: 'UDP', port: view.udpPort, why: t('network.why.udp') },
    { protocol: 'TCP', port: page, why: t('network.why.tcp') },
  ];
  const optional = [...new Set(ways.filter((w) => w.try && w.protocol === 'TCP' && w.port !== page).map((w) => w.port))];
  return [...rows, ...optional.map((port) => ({ protocol: 'TCP', port, why: t('network.why.optional') }))];
}

export function report(view, ways, results, verdict) {
  const host = view.host.replace(/^\[|\]$/g, '');
  const addresses = view.addresses.filter((address) => address !== host);
  const lines = [t('network.report.title', { host, date: new Date().toISOString().slice(0, 16).replace('T', ' ') }), ''];
  lines.push(t('network.report.allow'));
  lines.push(...columns(rules(view, ways).map(({ protocol, port, why }) => ['', protocol, host, String(port), why])));
  if (addresses.length) lines.push(t('network.report.addresses', { addresses: addresses.join(', ') }));
  lines.push(t('network.report.note'), t('network.report.inspection'), '');
  if (results) {
    lines.push(t('network.report.found', { verdict }));
    lines.push(...columns(results.map((r) => ['', outcome(r), t(`network.way.${r.id}`), r.port ? `${r.protocol} ${r.port}` : r.protocol, time(r)])));
    lines.push(navigator.userAgent);
  }
  return lines.join('\n');
}

export const outcome = (result) => t(`network.${result.state}`);

export const time = (result) => (result.state === 'works' ? `${Math.max(1, Math.round(result.time))} ms` : '');

function columns(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd());
}
