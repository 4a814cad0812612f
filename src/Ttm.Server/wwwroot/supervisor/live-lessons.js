// The live lessons: who teaches, who hears, how loud and how well. Rows are changed in place, so that focus and open details stay.

import { $, clock, fold, h, setText, showLevel, t } from '../page.js';
import { figuresOf, qualityOf } from '../quality.js';

export class LiveLessons {
  #rows = new Map();

  /** @param {{ onEnd: (lesson: string) => void }} hooks */
  constructor({ onEnd }) {
    $('#lesson-search').addEventListener('input', () => this.#filter());
    $('#end-dialog').addEventListener('close', () => $('#end-dialog').returnValue === 'yes' && onEnd($('#end-dialog').dataset.lesson));
  }

  show(lessons) {
    for (const id of this.#rows.keys()) if (!lessons.some((lesson) => lesson.id === id)) this.remove(id);
    for (const lesson of lessons) {
      const row = this.#rows.get(lesson.id) ?? this.#make(lesson);
      this.#update(row, lesson);
    }
    this.#filter();
  }

  remove(id) {
    this.#rows.get(id)?.item.remove();
    this.#rows.delete(id);
    this.#filter();
  }

  #make({ id }) {
    const row = {
      title: h('h3', {}), since: h('span', { class: 'hint' }), teacher: h('span', { class: 'name' }), loss: h('span', { class: 'quality' }),
      listener: h('span', { class: 'name' }), heard: h('span', { class: 'quality' }), summary: h('summary', {}), students: h('ul', { class: 'roster' }),
      level: h('div', { class: 'level', role: 'meter', 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': 0 }, h('span')),
      end: h('button', { class: 'plain small', onclick: () => ask(id) }, t('watch.end')),
    };
    row.details = h('details', {}, row.summary, row.students);
    row.item = h('li', { 'data-lesson': id },
      h('div', { class: 'row' }, row.title, row.since, row.end),
      h('dl', { class: 'roles' },
        h('div', {}, h('dt', {}, t('watch.teacher')), h('dd', {}, row.teacher, row.level, row.loss)),
        h('div', {}, h('dt', {}, t('watch.listener')), h('dd', {}, row.listener, row.heard))),
      row.details);
    this.#rows.set(id, row);
    $('#lesson-list').append(row.item);
    return row;
  }

  #update(row, { id, startedAt, teacher, listener, students, metadata }) {
    const nameOf = (person) => metadata?.[`name.${person}`] ?? person;
    const title = metadata?.title ? `${metadata.title} (${id})` : id;
    row.words = fold([title, teacher?.id, teacher && nameOf(teacher.id), ...students.flatMap((one) => [one.id, nameOf(one.id)])].join(' '));
    row.item.dataset.listening = listener ?? '';
    setText(row.title, title);
    setText(row.since, t('watch.since', { time: clock((Date.now() - Date.parse(startedAt)) / 1000) }));
    row.end.setAttribute('aria-label', t('watch.end.label', { lesson: title }));
    row.end.dataset.title = title;
    const state = teacher && (!teacher.connected ? t('watch.away') : teacher.muted ? t('watch.muted') : '');
    setText(row.teacher, teacher ? [nameOf(teacher.id), state].filter(Boolean).join(', ') : t('watch.teacher.none'));
    row.level.setAttribute('aria-label', t('watch.level', { name: teacher ? nameOf(teacher.id) : '' }));
    row.level.hidden = !teacher?.connected;
    showLevel(row.level, teacher?.level == null ? 0 : 10 ** (teacher.level / 20));
    link(row.loss, teacher);
    setText(row.listener, listener ? nameOf(listener) : t('watch.listener.none'));
    link(row.heard, students.find((one) => one.id === listener));
    setText(row.summary, t('watch.students', { here: students.filter((one) => one.connected).length, all: students.length }));
    row.details.hidden = students.length === 0;
    if (row.details.open) row.students.replaceChildren(...students.map((one) => person(one, nameOf(one.id))));
    row.details.ontoggle = () => row.students.replaceChildren(...students.map((one) => person(one, nameOf(one.id))));
  }

  #filter() {
    const wanted = fold($('#lesson-search').value);
    const rows = [...this.#rows.values()];
    for (const row of rows) row.item.hidden = !row.words.includes(wanted);
    setText($('#lesson-count'), String(rows.length));
    setText($('#lessons-empty'), rows.length === 0 ? t('watch.lessons.none') : rows.every(({ item }) => item.hidden) ? t('watch.lessons.noMatch') : '');
  }
}

function ask(lesson) {
  const title = document.querySelector(`[data-lesson="${CSS.escape(lesson)}"] h3`).textContent;
  $('#end-dialog').dataset.lesson = lesson;
  $('#end-dialog').returnValue = '';
  setText($('#end-question'), t('watch.end.sure', { lesson: title }));
  $('#end-dialog').showModal();
}

function person(one, name) {
  const quality = h('span', { class: 'quality' });
  link(quality, one);
  return h('li', { 'data-state': one.listening ? 'listening' : one.connected ? 'connected' : 'away' },
    h('span', { class: 'name' }, name), h('span', { class: 'state' }, t(one.listening ? 'student.listening' : one.connected ? 'student.connected' : 'student.away')), quality);
}

/** Quality in a word, with the figures and the way behind it. */
function link(element, one) {
  const quality = one?.connected ? qualityOf(one) : '';
  element.dataset.quality = quality;
  setText(element, quality && [t(`student.${quality}`), figuresOf(one), one.path].filter(Boolean).join(' · '));
}
