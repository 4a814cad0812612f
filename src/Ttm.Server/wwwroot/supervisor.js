// The supervisor's page: this server, its live lessons, and all recordings. The link carries a service token.

import { SupervisorApi } from './api.js';
import { $, readLink, setText, t, timeOfDay, translatePage } from './page.js';
import { Alarms } from './alarms.js';
import { Finder } from './supervisor/finder.js';
import { showFigures } from './supervisor/figures.js';
import { LiveLessons } from './supervisor/live-lessons.js';

const INTERVAL = 2000;

translatePage();
const { token } = readLink();
const api = new SupervisorApi(token);
const alarms = new Alarms($('#alarms'));
const lessons = new LiveLessons({ onEnd: end });
let seen = new Date().toISOString();

document.title = `${t('watch.title')} – TtmMedia`;
if (!token) {
  refuse('link.bad');
} else {
  const finder = new Finder(api);
  finder.find();
  watch();
}

/** Asks again after each answer, so that a slow server is not asked twice at a time. */
async function watch() {
  try {
    const node = await api.getNode();
    seen = new Date().toISOString();
    alarms.set('watch', false);
    showFigures(node);
    lessons.show(node.lessons);
  } catch (error) {
    if (error.status === 401 || error.status === 403) return refuse('link.refused');
    alarms.set('watch', true, { time: timeOfDay(seen), why: error.status === 0 ? t('network') : error.message });
  }
  setTimeout(watch, INTERVAL);
}

async function end(lesson) {
  try {
    await api.endLesson(lesson);
    lessons.remove(lesson);
  } catch (error) {
    alarms.flash('call', { why: error.status === 0 ? t('network') : error.message });
  }
}

function refuse(key) {
  setText($('#lessons-empty'), t(key));
  setText($('#ready'), t(key));
  $('#find').inert = true;
}
