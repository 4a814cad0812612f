// The student's page: one tap to join, then it stays connected by itself and says what happens in big words.

import { LessonApi } from './api.js';
import { watchArrivals } from './lifeline.js';
import { $, claimTab, memory, readLink, setText, showLevel, t, translatePage } from './page.js';
import { Answers } from './student/answers.js';
import { chime, unlockChime } from './student/chime.js';
import { listen } from './ttm-media.js';
import { showWay } from './way.js';

const QUIET = 3000; // ms of no sound after which the words say so
const NOT_YET = 3000; // ms between tries while there is no such lesson
const NAP = 10000; // ms without a tick after which the device must have slept

translatePage();
const { token, lesson, me } = readLink();
const api = new LessonApi(lesson, token);
const claim = claimTab(`student.${lesson}.${me}`, takenElsewhere);
let listener = null;
let events = null;
let answers = null;
let wakeLock = null;
let lastSound = 0;
let told = 0; // events so far: an answer that was on its way when one came is old

// What the words are made of.
const now = {
  joined: false, state: 'connecting', error: null, deaf: false, selected: false, teacher: '', teacherHere: false, muted: false, blocked: false, over: '',
};

if (!token || !lesson) {
  now.over = t('link.bad');
} else {
  answers = new Answers({ key: `${lesson}.${me}`, post: api.postMessage });
  $('#listen').addEventListener('click', () => (now.joined ? unblock() : join()));
  $('#volume').value = memory.get('volume', '100');
  $('#volume').addEventListener('input', () => setVolume());
  document.addEventListener('visibilitychange', wake);
  addEventListener('online', wake);
  navigator.connection?.addEventListener('change', wake);
  watchSleep();
  refresh();
}
show();

function join() {
  unlockChime();
  now.joined = true;
  now.over = '';
  claim();
  keepAwake();
  connect();
  events?.close();
  events = api.events({ onEvent, onOpen: refresh, onLost: () => {} });
  show();
}

function connect() {
  listener = listen({ url: `/whep/${lesson}`, token, audio: $('#sound') });
  setVolume();
  showWay(listener, $('#way'));
  listener.addEventListener('state', ({ detail }) => onState(detail));
  listener.addEventListener('blocked', () => ((now.blocked = true), show()));
  listener.addEventListener('level', ({ detail }) => onLevel(detail));
  watchArrivals(listener, (deaf) => {
    now.deaf = deaf;
    if (!deaf) events.renew();
    show();
  });
}

function unblock() {
  if (now.over) return join();
  unlockChime();
  now.blocked = false;
  listener.play();
  show();
}

function setVolume() {
  if (listener) listener.volume = $('#volume').value / 100;
  memory.set('volume', $('#volume').value);
}

function onState({ state, error }) {
  now.state = state;
  now.error = error ?? null;
  if (state === 'connected') events?.retry();
  if (state === 'failed') now.over = t([401, 403].includes(error.status) ? 'link.refused' : 'listen.failed', { why: error.message });
  if (error?.status === 404) setTimeout(() => listener.retry(), NOT_YET);
  show();
}

function onLevel(level) {
  if (level > 0.001) lastSound = performance.now();
  showLevel($('#level'), now.selected ? level : 0);
  show();
}

async function refresh() {
  try {
    let view;
    let before;
    do {
      before = told;
      view = await api.getLesson();
    } while (before !== told);
    const names = view.metadata ?? {};
    now.teacher = names[`name.${view.teacher?.id}`] ?? '';
    now.teacherHere = view.teacher?.connected ?? false;
    now.muted = view.teacher?.muted ?? false;
    setText($('#lesson-name'), [names.title ?? t('listen.title'), names[`name.${me}`]].filter(Boolean).join(' · '));
    setSelected(view.students?.some((student) => student.id === me && student.listening) ?? view.listener === me);
    if (view.state === 'ended') leave(t('lesson.ended.thanks'));
    show();
  } catch (error) {
    // Otherwise the event stream tries again, and with it this.
    if (error.status === 401 || error.status === 403) leave(t('link.refused'));
    show();
  }
}

function onEvent({ type, data }) {
  told++;
  if (type === 'listener.changed') setSelected(data.student === me);
  else if (type === 'teacher.connected') refresh();
  else if (type === 'teacher.disconnected') now.teacherHere = now.muted = false;
  else if (type === 'teacher.muted' || type === 'teacher.unmuted') now.muted = type === 'teacher.muted';
  else if (type === 'message.posted' && data.from === me) answers.arrived(data);
  else if (type === 'lesson.ended') leave(t('lesson.ended.thanks'));
  show();
}

function setSelected(selected) {
  if (selected && !now.selected && now.joined) {
    lastSound = performance.now();
    chime();
    navigator.vibrate?.(60);
  }
  now.selected = selected;
}

function takenElsewhere() {
  if (!now.joined) return;
  leave(t('elsewhere'));
  now.joined = false;
  show();
}

function leave(words) {
  now.over = words;
  now.selected = false;
  listener?.close();
  events?.close();
  wakeLock?.release();
}

function wake() {
  if (document.hidden || !now.joined || now.over) return;
  listener.retry();
  events.renew();
  keepAwake();
}

/** A timer that comes much too late tells that the device slept; what was connected before is then mended at once. */
function watchSleep() {
  let last = Date.now();
  setInterval(() => {
    if (Date.now() - last > NAP) wake();
    last = Date.now();
  }, 1000);
}

async function keepAwake() {
  wakeLock = await navigator.wakeLock?.request('screen').catch(() => null);
}

function words() {
  if (now.over) return ['over', now.over];
  if (!now.joined) return ['start', t('listen.start')];
  if (now.error?.status === 404) return ['waiting', t('listen.notYet')];
  if (now.state === 'connecting') return [now.error ? 'lost' : 'connecting', t(now.error ? 'listen.lost' : 'listen.connecting')];
  if (now.state === 'reconnecting' || now.deaf) return ['lost', t('listen.lost')];
  if (now.blocked) return ['blocked', t('listen.blocked')];
  // The name, or words for it: in most languages they differ at the beginning of a sentence.
  const first = now.teacher || t('listen.teacher');
  const within = now.teacher || t('listen.teacher.within');
  if (now.selected && now.muted) return ['quiet', t('listen.muted', { teacher: first })];
  if (now.selected) {
    const quiet = performance.now() - lastSound > QUIET;
    return quiet ? ['quiet', t('listen.quiet', { teacher: first })] : ['talking', t('listen.talking', { teacher: first })];
  }
  return ['waiting', t(now.teacherHere ? 'listen.waiting' : 'listen.teacherAway', { teacher: within })];
}

function show() {
  const [state, text] = words();
  const elsewhere = now.over === t('elsewhere');
  $('#hear').dataset.state = state;
  setText($('#status'), text);
  $('#listen').hidden = !(state === 'start' || state === 'blocked' || elsewhere);
  setText($('#listen'), t(elsewhere ? 'elsewhere.here' : state === 'blocked' ? 'listen.unlock' : 'listen.button'));
  $('#level').hidden = $('#volume-row').hidden = !now.joined || Boolean(now.over);
  document.title = `${state === 'talking' ? '● ' : ''}${text} – TtmMedia`;
}
