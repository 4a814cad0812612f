// WHIP and WHEP by RTCPeerConnection and fetch alone, as an application without our module would write it.
window.plain = {
  // The signal, exact to the sample: a file played into a MediaStreamDestination.
  async speak(url, token, wav) {
    const context = new AudioContext({ sampleRate: 48000 });
    await context.resume();
    const source = new AudioBufferSourceNode(context, { buffer: await context.decodeAudioData(await (await fetch(wav)).arrayBuffer()), loop: true });
    const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    source.connect(destination);
    const pc = new RTCPeerConnection();
    pc.addTransceiver(destination.stream.getAudioTracks()[0], { direction: 'sendonly' });
    await this.connect(pc, url, token);
    source.start();
  },

  async hear(url, token) {
    const pc = new RTCPeerConnection();
    this.watch(pc.addTransceiver('audio', { direction: 'recvonly' }).receiver);
    this.audio = new Audio();
    pc.ontrack = ({ track }) => {
      this.audio.srcObject = new MediaStream([track]);
      this.audio.play();
    };
    await this.connect(pc, url, token);
  },

  // When each packet's payload arrived, and its size: the silence trickle's are a few bytes, speech has many.
  watch(receiver) {
    const script = `onrtctransform = async ({ transformer: { readable, writable } }) => {
      const writer = writable.getWriter();
      for await (const frame of readable) {
        postMessage({ at: performance.timeOrigin + performance.now(), bytes: frame.data.byteLength });
        writer.write(frame);
      }
    }`;
    const worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
    this.frames = [];
    worker.onmessage = ({ data }) => this.frames.push(data);
    receiver.transform = new RTCRtpScriptTransform(worker);
  },

  // Milliseconds from `since` to the first packet of speech after it.
  async speechAfter(since) {
    for (;;) {
      const frame = this.frames.find(({ at, bytes }) => at >= since && bytes > 20);
      if (frame) return frame.at - since;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  },

  // Selects a student as the application's server would; when that was asked for and when it was answered.
  async select(url, token, student) {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const asked = performance.timeOrigin + performance.now();
    const response = await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ student }) });
    return { status: response.status, asked, answered: performance.timeOrigin + performance.now() };
  },

  async connect(pc, url, token) {
    this.pc = pc;
    this.headers = { Authorization: `Bearer ${token}` };
    await pc.setLocalDescription();
    this.posted = performance.timeOrigin + performance.now();
    const response = await fetch(url, { method: 'POST', headers: { ...this.headers, 'Content-Type': 'application/sdp' }, body: pc.localDescription.sdp });
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    this.session = new URL(response.headers.get('Location'), url).href;
    this.etag = response.headers.get('ETag');
    this.links = response.headers.get('Link');
    this.accepts = response.headers.get('Accept-Patch');
    await pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    while (pc.connectionState !== 'connected') {
      if (pc.connectionState === 'failed') throw new Error('not connected');
      await new Promise((resolve) => pc.addEventListener('connectionstatechange', resolve, { once: true }));
    }
    this.connected = performance.timeOrigin + performance.now();
  },

  // RFC 9725 section 4.3.3: a PATCH with a new ufrag and password, and the server's new ones in the answer.
  async restart(ifMatch) {
    const offer = await this.pc.createOffer({ iceRestart: true });
    const line = (name) => offer.sdp.match(new RegExp(`^${name}.*$`, 'm'))[0];
    const body = [line('a=ice-ufrag:'), line('a=ice-pwd:'), line('m=audio'), line('a=mid:'), ''].join('\r\n');
    const headers = { ...this.headers, 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': ifMatch ?? this.etag };
    const response = await fetch(this.session, { method: 'PATCH', headers, body });
    if (response.status !== 200) return { status: response.status };
    const fragment = await response.text();
    const etag = response.headers.get('ETag');
    let sdp = this.pc.remoteDescription.sdp;
    for (const name of ['ice-ufrag', 'ice-pwd']) {
      sdp = sdp.replace(new RegExp(`^a=${name}:.*$`, 'm'), fragment.match(new RegExp(`^a=${name}:.*$`, 'm'))[0]);
    }
    await this.pc.setLocalDescription(offer);
    await this.pc.setRemoteDescription({ type: 'answer', sdp });
    const changed = etag !== this.etag;
    this.etag = etag;
    return { status: 200, changed, ufrag: line('a=ice-ufrag:').slice(12) };
  },

  // The ufrag of the pair that carries media.
  async path() {
    const report = await this.pc.getStats();
    const transport = [...report.values()].find((s) => s.type === 'transport');
    const pair = report.get(transport?.selectedCandidatePairId);
    return report.get(pair?.localCandidateId)?.usernameFragment ?? '';
  },

  async stats(type) {
    const found = [...(await this.pc.getStats()).values()].find((s) => s.type === type);
    return found && { lost: found.packetsLost ?? 0, packets: found.packetsReceived ?? found.packetsSent ?? 0, ssrc: found.ssrc };
  },

  async remove() {
    return (await fetch(this.session, { method: 'DELETE', headers: this.headers })).status;
  },
};
