// The teacher's page: puts the parts together and keeps them in step with the lesson's events.

import { LessonApi } from './api.js';
import { $, claimTab, memory, readLink, setText, t, translatePage } from './page.js';
import { Air } from './teacher/air.js';
import { Alarms } from './alarms.js';
import { Microphone } from './teacher/microphone.js';
import { Recordings } from './teacher/recordings.js';
import { Students } from './teacher/students.js';

translatePage();
const { token, lesson, me, claims } = readLink();
const api = new LessonApi(lesson, token);
const alarms = new Alarms($('#alarms'));
const microphone = new Microphone(alarms);
const students = new Students({ onTalk: talk, onUnread: (count) => air.setUnread(count), digits: () => $('#digits').checked });
const recordings = new Recordings({ audioUrl: (id) => api.audioUrl(id), nameOf });
const air = new Air({ lesson, token, microphone, alarms });
let names = {};
let loaded = false;
let events = null;
let listener = null;
let told = 0; // events and switches so far: an answer that was on its way when one came is old

/** Display names travel as lesson metadata, `name.{id}`; without one the id is the name. */
function nameOf(id) {
  return names[`name.${id}`] ?? id;
}

if (!token || !lesson) {
  over(t('link.bad'));
} else {
  start();
}

function start() {
  setText($('#lesson-name'), lesson);
  $('#digits').checked = memory.get('digits', 'yes') === 'yes';
  $('#digits').addEventListener('change', () => memory.set('digits', $('#digits').checked ? 'yes' : 'no'));
  $('#test').addEventListener('click', () => microphone.open().catch(() => {}));
  $('#stop').addEventListener('click', () => talk(null));
  $('#end').hidden = false;
  $('#end').addEventListener('click', () => $('#end-dialog').showModal());
  $('#end-dialog').addEventListener('close', () => $('#end-dialog').returnValue === 'yes' && end());
  const claim = claimTab(`teacher.${lesson}.${me || claims.iss}`, () => {
    events.close();
    over(t('elsewhere'));
  });
  claim();
  events = api.events({
    onEvent,
    onOpen: () => (alarms.set('events', false), refresh()),
    onLost: () => alarms.set('events', true),
  });
  air.addEventListener('connected', () => (events.renew(), tellMuted()));
  air.addEventListener('muted', tellMuted);
  document.addEventListener('keydown', onKey);
  setInterval(showLinks, 3000);
  air.addEventListener('left', () => listener && talk(null));
  refresh();
  microphone.openIfAllowed().then(() => air.resume());
}

/** Reads everything again: at the start and whenever the event stream came back. */
async function refresh() {
  try {
    let answers;
    let before;
    do {
      before = told;
      answers = await Promise.all([api.getLesson(), api.getRecordings(), api.getMessages()]);
    } while (before !== told);
    const [now, recorded, messages] = answers;
    names = now.metadata ?? {};
    setText($('#lesson-name'), names.title ?? lesson);
    for (const id of expected(names, now.teacher?.id)) students.put(id, { name: nameOf(id) });
    for (const student of now.students) students.put(student.id, { name: nameOf(student.id), connected: student.connected });
    for (const recording of recorded) recordings.put(recording);
    for (const message of messages) addMessage(message, loaded);
    loaded = true;
    showListener(now.listener ?? null);
    if (now.state === 'ended') ended();
  } catch (error) {
    // Before the teacher's first connection there may be no lesson yet.
    if (error.status === 401 || error.status === 403) over(t('link.refused'));
  }
}

/** Whoever has a name in the metadata is awaited, and shown as away until there. */
function expected(metadata, teacher) {
  const ids = Object.keys(metadata).filter((key) => key.startsWith('name.')).map((key) => key.slice('name.'.length));
  return ids.filter((id) => id !== teacher && id !== me);
}

/** The student's page says in words that the microphone is muted. */
async function tellMuted() {
  await api.setMuted(air.muted).catch((error) => error.status === 0 || alarms.flash('call', { why: explain(error) }));
}

async function showLinks() {
  if (!students.size || document.hidden || over.done) return;
  const { students: links } = await api.getConnections().catch(() => ({ students: [] }));
  for (const link of links) students.setLink(link.id, link);
}

function onKey(event) {
  if (event.key.toLowerCase() !== 'm' || event.ctrlKey || event.altKey || event.metaKey || document.querySelector('dialog[open]')) return;
  if ($('#digits').checked && !event.target.closest('input:not([type="checkbox"]), select, textarea, audio')) air.toggleMute();
}

function onEvent({ type, data }) {
  told++;
  if (type.startsWith('recording.')) recordings.put(data);
  else if (type === 'message.posted') addMessage(data, true);
  else if (type === 'listener.changed') showListener(data.student ?? null);
  else if (type === 'lesson.ended') ended();
  else if (type === 'student.connected' || type === 'student.disconnected') {
    students.put(data.student, { name: nameOf(data.student), connected: type === 'student.connected' });
    showListener(listener);
  }
}

function addMessage(message, fresh) {
  if (message.from !== me) students.addMessage(message, fresh);
}

function showListener(id) {
  listener = id;
  students.setListener(id);
  const since = Date.parse(recordings.running?.student === id ? recordings.running.startedAt : '') || Date.now();
  air.setListener(id && { id, name: nameOf(id), connected: students.get(id).connected, since: Math.min(since, Date.now()) });
}

// One switch at a time, so that the last wish wins whatever the network does to the order of requests.
let wish;
let switching = false;

async function talk(id) {
  if (id && !air.on) {
    await air.go();
    if (!air.on) return;
  }
  wish = { id };
  if (switching) return;
  switching = true;
  try {
    while (wish) {
      const { id: student } = wish;
      wish = null;
      if (student === null) await api.clearListener();
      else await api.selectListener(student);
      told++;
      if (!wish) showListener(student);
    }
    alarms.set('switch', false);
  } catch (error) {
    wish = null;
    alarms.flash('switch', { why: explain(error) });
    refresh();
  }
  switching = false;
}

async function end() {
  try {
    await api.endLesson();
    ended();
  } catch (error) {
    alarms.flash('call', { why: explain(error) });
  }
}

function ended() {
  events.finish();
  showListener(null);
  over(t('lesson.ended'));
}

/** Nothing more can be done here but to look at the answers and recordings. */
function over(text) {
  over.done = true;
  air.end(text);
  $('#end').hidden = true;
  $('#student-list').inert = true;
}

function explain(error) {
  return error.status === 0 ? t('network') : error.message;
}
