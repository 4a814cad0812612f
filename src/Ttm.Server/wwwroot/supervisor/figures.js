// The server's figures: what a supervisor looks at first.

import { $, clock, h, language, setText, t } from '../page.js';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
const FULL = 0.85; // the share from which a bar warns

export function showFigures(node) {
  const { cpu, memory, disk, uploads, sessions, loopLag } = node;
  setText($('#ready'), t(node.ready ? 'watch.ready' : 'watch.notReady'));
  $('#ready').dataset.ready = node.ready;
  show($('#warnings'), [...node.reasons, ...node.warnings].join('\n'), () => [...node.reasons, ...node.warnings].map((text) => h('li', {}, text)));
  const connected = sessions.filter(({ state }) => state === 'connected').reduce((sum, { count }) => sum + count, 0);
  const used = disk && disk.spoolBytes / (disk.spoolBytes + disk.freeBytes);
  const figures = [
    figure('watch.cpu', t('watch.cpu.of', { used: number(cpu.used, 1), cores: cpu.cores }), cpu.used / cpu.cores),
    figure('watch.memory', bytes(memory)),
    figure('watch.disk', disk ? t('watch.disk.free', { free: bytes(disk.freeBytes), spool: bytes(disk.spoolBytes) }) : t('watch.disk.none'), used),
    figure('watch.uploads', uploads.waiting ? t('watch.uploads.some', { count: uploads.waiting, age: clock(uploads.oldestAge) }) : t('watch.uploads.none')),
    figure('watch.connections', ways(connected, sessions)),
    figure('watch.lag', `${number(1000 * loopLag, 1)} ms`),
  ];
  $('#figures').replaceChildren(...figures);
  setText($('#uptime'), t('watch.uptime', { time: clock((Date.now() - Date.parse(node.startedAt)) / 1000), version: node.version.split('+')[0] }));
}

function figure(key, text, share) {
  const bar = share == null ? null : h('span', { class: 'share', 'aria-hidden': 'true', 'data-full': share >= FULL }, h('span'));
  if (bar) bar.firstElementChild.style.transform = `scaleX(${Math.min(1, share).toFixed(3)})`;
  return h('div', {}, h('dt', {}, t(key)), h('dd', {}, text, bar));
}

/** '12 (udp 10, turn-tls 2)' */
function ways(connected, sessions) {
  const paths = sessions.filter(({ state, path }) => state === 'connected' && path).map(({ path, count }) => `${path} ${count}`);
  return paths.length ? `${connected} (${paths.join(', ')})` : `${connected}`;
}

function show(list, key, children) {
  if (list.dataset.shown === key) return;
  list.dataset.shown = key;
  list.replaceChildren(...children());
}

const number = (value, digits) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });

function bytes(count) {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)));
  return (count / 1000 ** power).toLocaleString(language, { style: 'unit', unit: UNITS[power], maximumFractionDigits: power > 2 ? 1 : 0 });
}
