// The start page of Development: makes a lesson and hands out its links.

import { $, h, setText, t, translatePage } from './page.js';

translatePage();
$('#start').addEventListener('click', start);

async function start() {
  $('#start').disabled = true;
  setText($('#error'), '');
  try {
    const response = await fetch('/dev/lessons', { method: 'POST' });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    show(await response.json());
  } catch (error) {
    setText($('#error'), t('start.failed', { why: error.message }));
  }
  $('#start').disabled = false;
}

function show({ teacher, students, supervisor }) {
  const rows = [row(t('start.teacher'), 'teacher', teacher.url)];
  for (const student of students) rows.push(row(`${t('start.student')} ${student.name ?? student.id}`, 'student', student.url));
  if (supervisor) rows.push(row(t('watch.title'), 'supervisor', supervisor.url));
  $('#links').replaceChildren(...rows);
  $('#links a').focus();
}

function row(title, role, url) {
  const target = new URL(url, location.href).href;
  const copy = h('button', { class: 'plain small', 'aria-label': `${t('start.copy')}: ${title}` }, t('start.copy'));
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(target);
    setText(copy, t('start.copied'));
    setTimeout(() => setText(copy, t('start.copy')), 2000);
  });
  const open = h('a', { class: 'plain small', href: target, target: '_blank', rel: 'noopener', 'aria-label': `${t('start.open')}: ${title}` }, t('start.open'));
  return h('li', { 'data-role': role }, h('span', { class: 'name' }, title), open, copy);
}
