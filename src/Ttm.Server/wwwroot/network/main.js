// The network test for a school's administrator: tries every way in, says what works and what to ask for.

import { $, h, readLink, setText, t, translatePage } from '../page.js';
import { outcome, report, time } from './report.js';
import { readWays } from './trials.js';
import { judge, listWays } from './ways.js';

translatePage();
const { token } = readLink();
$('#again').addEventListener('click', run);
$('#copy').addEventListener('click', copy);
addEventListener('hashchange', () => location.reload());
run();

async function run() {
  $('#again').disabled = $('#copy').disabled = true;
  show('testing', t('network.testing'), t('network.intro'));
  let view;
  try {
    if (!token) throw Object.assign(new Error(), { status: 401 });
    view = await readWays(token);
  } catch (error) {
    const refused = error.status === 401 || error.status === 403;
    show('bad', t(refused ? (token ? 'link.refused' : 'link.bad') : 'network.unreachable'), refused ? '' : t('network.unreachable.advice', { host: location.host, why: error.message }));
    $('#again').disabled = refused;
    return;
  }
  const ways = listWays(view, token);
  $('#ways').replaceChildren(...ways.map(row));
  setText($('#report'), report(view, ways));
  const results = await Promise.all(ways.map(attempt));
  const { state, advice } = judge(results);
  const verdict = t(`network.${state}`);
  show(state, verdict, advice.map((key) => t(key)).join(' '));
  setText($('#report'), report(view, ways, results, verdict));
  $('#again').disabled = $('#copy').disabled = false;
}

function row({ id, protocol, port }) {
  return h('tr', { 'data-way': id, 'data-port': port, 'data-state': 'testing' },
    h('th', { scope: 'row' }, t(`network.way.${id}`), h('span', { class: 'what' }, t(`network.what.${id}`))),
    h('td', {}, port ? `${protocol} ${port}` : protocol),
    h('td', { class: 'outcome' }, t('network.pending')),
    h('td', { class: 'number' }));
}

async function attempt(way, index) {
  const result = { ...way, state: 'absent', time: 0 };
  if (way.try) {
    try {
      result.time = await way.try();
      result.state = 'works';
    } catch {
      result.state = 'blocked';
    }
  }
  const line = $('#ways').children[index];
  line.dataset.state = result.state;
  setText(line.querySelector('.outcome'), outcome(result));
  setText(line.querySelector('.number'), time(result));
  return result;
}

function show(state, words, advice) {
  $('#verdict').dataset.state = state;
  setText($('#status'), words);
  setText($('#advice'), advice);
}

async function copy() {
  try {
    await navigator.clipboard.writeText($('#report').textContent);
    setText($('#copied'), t('network.copied'));
  } catch {
    // No clipboard without HTTPS: select it, so that the reader can copy by hand.
    getSelection().selectAllChildren($('#report'));
    setText($('#copied'), t('network.copyByHand'));
  }
}
