// The REST calls and the event stream of one lesson, as a page needs them.

export const EVENTS = [
  'lesson.started', 'lesson.ended', 'teacher.connected', 'teacher.disconnected', 'student.connected', 'student.disconnected',
  'teacher.muted', 'teacher.unmuted', 'listener.changed', 'recording.started', 'recording.finished', 'recording.stored', 'recording.failed', 'message.posted',
];

/** An answer that is not 2xx; `status` is 0 where there was none, `field` the name of the field or parameter at fault, if it is one. */
export class ApiError extends Error {
  constructor(message, status = 0, field = undefined, cause = undefined) {
    super(message, { cause });
    this.name = 'ApiError';
    this.status = status;
    this.field = field;
  }
}

/** The calls of the API with one token. */
export class Api {
  #token;

  constructor(token) {
    this.#token = token;
  }

  get token() {
    return this.#token;
  }

  /** For <audio src> and <a href>, which send no header. */
  audioUrl(recording) {
    return `/api/v1/recordings/${recording}/audio?access_token=${encodeURIComponent(this.#token)}`;
  }

  async call(method, path, body) {
    const headers = { Authorization: `Bearer ${this.#token}` };
    if (body) headers['Content-Type'] = 'application/json';
    let response;
    try {
      const signal = AbortSignal.timeout(10000);
      response = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body), signal });
    } catch (cause) {
      throw new ApiError('network', 0, undefined, cause);
    }
    const answer = response.status === 204 ? null : await response.json().catch(() => null);
    if (!response.ok) throw new ApiError(answer?.title ?? `HTTP ${response.status}`, response.status, answer?.field);
    return answer;
  }
}

/** What a supervisor may do: watch this server, end any lesson, find any recording. */
export class SupervisorApi extends Api {
  getNode = () => this.call('GET', '/node');
  endLesson = (lesson) => this.call('DELETE', `/lessons/${lesson}`);
  getRecording = (id) => this.call('GET', `/recordings/${id}`);
  findRecordings = (query) => this.call('GET', `/recordings?${new URLSearchParams(query)}`);
}

/** One lesson, as its teacher or one of its students. */
export class LessonApi extends Api {
  constructor(lesson, token) {
    super(token);
    this.lesson = lesson;
  }

  getLesson = () => this.call('GET', `/lessons/${this.lesson}`);
  endLesson = () => this.call('DELETE', `/lessons/${this.lesson}`);
  selectListener = (student) => this.call('PUT', `/lessons/${this.lesson}/listener`, { student });
  clearListener = () => this.call('DELETE', `/lessons/${this.lesson}/listener`);
  setMuted = (muted) => this.call('PUT', `/lessons/${this.lesson}/mute`, { muted });
  getConnections = () => this.call('GET', `/lessons/${this.lesson}/connections`);
  getRecordings = () => this.call('GET', `/lessons/${this.lesson}/recordings`);
  getMessages = () => this.call('GET', `/lessons/${this.lesson}/messages`);
  postMessage = (text) => this.call('POST', `/lessons/${this.lesson}/messages`, { text });

  /**
   * The lesson's events. `onOpen` runs at each (re)connection: read the state then, for events may have been missed;
   * `onLost` when an open stream broke. `close()` ends it, `retry()` tries now where it waits,
   * `renew()` makes a new stream even where the old one looks open: after sleep and after another network it may be dead without knowing it,
   * `finish()` lets it end when the server ends it: after the lesson, when its last recording is settled.
   */
  events({ onEvent, onOpen, onLost }) {
    let source;
    let timer;
    let wait = 500;
    let last = '';
    let finishing = false;
    const connect = () => {
      clearTimeout(timer);
      source?.close();
      const query = new URLSearchParams({ access_token: this.token, ...(last && { lastEventId: last }) });
      source = new EventSource(`/api/v1/lessons/${this.lesson}/events?${query}`);
      let open = false;
      source.onopen = () => {
        open = true;
        wait = 500;
        onOpen();
      };
      source.onerror = () => {
        if (open && !finishing) onLost();
        open = false;
        // The browser tries again by itself (with Last-Event-ID) unless the answer was an HTTP error.
        if (source.readyState !== EventSource.CLOSED || finishing) return;
        timer = setTimeout(connect, wait);
        wait = Math.min(5000, wait * 2);
      };
      for (const type of EVENTS) {
        source.addEventListener(type, (event) => {
          last = event.lastEventId;
          onEvent(JSON.parse(event.data));
        });
      }
    };
    connect();
    return {
      retry: () => source.readyState !== EventSource.OPEN && !finishing && connect(),
      renew: () => !finishing && connect(),
      finish: () => (finishing = true),
      close() {
        clearTimeout(timer);
        source.close();
      },
    };
  }
}
