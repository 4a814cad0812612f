"""A lesson by aiortc, a WebRTC stack that shares no code with browsers or with the server.

usage: aiortc_lesson.py URL LESSON MICROPHONE.wav FOLDER TEACHER_TOKEN ANA_TOKEN BEN_TOKEN

The teacher plays the sound, ana hears it for 3 s, then ben; what each heard lies in FOLDER as ana.wav and ben.wav.
"""
import asyncio
import fractions
import json
import sys
import time
import urllib.request
import wave

import av
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

RATE = 48000
FRAME = 960


class Microphone(MediaStreamTrack):
    kind = "audio"

    def __init__(self, path):
        super().__init__()
        with wave.open(path) as file:
            self.sound = file.readframes(file.getnframes())
        self.sent = 0
        self.started = time.monotonic()

    async def recv(self):
        await asyncio.sleep(max(0, self.started + self.sent / RATE - time.monotonic()))
        frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME)
        at = self.sent * 2 % len(self.sound)
        frame.planes[0].update(self.sound[at:at + FRAME * 2].ljust(FRAME * 2, b"\0"))
        frame.sample_rate, frame.pts, frame.time_base = RATE, self.sent, fractions.Fraction(1, RATE)
        self.sent += FRAME
        return frame


async def call(method, url, token, body=None, kind="application/json"):
    request = urllib.request.Request(url, method=method, data=body and body.encode())
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", kind)
    answer = await asyncio.get_running_loop().run_in_executor(None, urllib.request.urlopen, request)
    with answer:
        return answer.status, answer.headers, answer.read().decode()


async def connect(peer, url, token):
    await peer.setLocalDescription(await peer.createOffer())
    _, headers, sdp = await call("POST", url, token, peer.localDescription.sdp, "application/sdp")
    await peer.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
    for _ in range(500):
        if peer.connectionState == "connected":
            return headers["Location"]
        await asyncio.sleep(0.02)
    raise SystemExit(f"{url}: {peer.connectionState}")


async def hear(peer, url, token, path):
    listening = asyncio.get_running_loop().create_future()

    async def record(track):
        with wave.open(path, "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            try:
                while True:
                    file.writeframes(bytes((await track.recv()).planes[0])[:FRAME * 4])
            except MediaStreamError:
                return

    peer.addTransceiver("audio", direction="recvonly")
    peer.on("track", lambda track: listening.set_result(asyncio.ensure_future(record(track))))
    await connect(peer, url, token)
    return await listening


async def main(url, lesson, microphone, folder, teacher_token, ana_token, ben_token):
    teacher, ana, ben = RTCPeerConnection(), RTCPeerConnection(), RTCPeerConnection()
    teacher.addTrack(Microphone(microphone))
    session = await connect(teacher, f"{url}/whip/{lesson}", teacher_token)
    recorders = [
        await hear(ana, f"{url}/whep/{lesson}", ana_token, f"{folder}/ana.wav"),
        await hear(ben, f"{url}/whep/{lesson}", ben_token, f"{folder}/ben.wav"),
    ]
    listener = f"{url}/api/v1/lessons/{lesson}/listener"
    for student in ("ana", "ben"):
        await call("PUT", listener, teacher_token, json.dumps({"student": student}))
        await asyncio.sleep(3)
    await call("DELETE", listener, teacher_token)
    await asyncio.sleep(0.5)
    status, _, _ = await call("DELETE", url + session, teacher_token)
    for peer in (teacher, ana, ben):
        await peer.close()
    await asyncio.gather(*recorders)
    print(f"closed {status}")


asyncio.run(main(*sys.argv[1:]))
