using Ttm.Rtc.Rtp;

namespace Ttm.Recorder.Tests.Simulation;

/// <summary>A packet that left the teacher's browser, and when.</summary>
internal sealed record SentPacket(double SentAt, uint Ssrc, ushort Sequence, uint Timestamp, byte[] Payload)
{
    /// <summary>The payload is not what an encoder made.</summary>
    public bool IsCorrupt { get; init; }

    public byte[] ToDatagram()
    {
        byte[] datagram = new byte[RtpPacket.FixedHeaderLength + Payload.Length];
        RtpPacket.WriteHeader(datagram, false, 111, Sequence, Timestamp, Ssrc);
        Payload.CopyTo(datagram, RtpPacket.FixedHeaderLength);
        return datagram;
    }
}

/// <summary>A browser that speaks, a packet of Opus at a time, with a sample clock that may be wrong.</summary>
internal sealed class SimulatedTeacher(OpusEncoder encoder, uint ssrc = 0x1234_5678, ushort sequence = 65_500, uint timestamp = 0xFFFF_F000)
{
    private ushort _sequence = sequence;
    private uint _timestamp = timestamp;

    /// <summary>48,000 of the sender's samples take this many seconds.</summary>
    public double ClockRate { get; init; } = 1;

    /// <summary>May be another one in the midst of the stream.</summary>
    public OpusEncoder Encoder { get; set; } = encoder;

    /// <summary>Of a packet: 10, 20, 40 or 60 ms.</summary>
    public int Milliseconds { get; set; } = 20;

    public uint Ssrc { get; set; } = ssrc;

    public void Jump(int samples) => _timestamp += (uint)samples;

    public void SkipSequence(int count) => _sequence = (ushort)(_sequence + count);

    /// <summary>Speaks from one time to another.</summary>
    /// <param name="signal">The sample at a time, in seconds.</param>
    public IEnumerable<SentPacket> Speak(double from, double to, Func<double, short> signal)
    {
        int rate = Encoder.Rate;
        int channels = Encoder.Channels;
        double length = Milliseconds / 1000.0 * ClockRate;
        short[] pcm = new short[rate * Milliseconds / 1000 * channels];
        int frames = (int)Math.Round((to - from) / length);
        for (int frame = 0; frame < frames; frame++)
        {
            double start = from + (frame * length);
            for (int i = 0; i < pcm.Length; i++)
                pcm[i] = signal(start + (i / channels * ClockRate / rate));
            byte[] payload = Encoder.Encode(pcm);
            uint timestamp = _timestamp;
            _timestamp += (uint)(48 * Milliseconds);

            // Two bytes or less is what DTX leaves; browsers do not send it.
            if (payload.Length > 2)
                yield return new SentPacket(start + length, Ssrc, _sequence++, timestamp, payload);
        }
    }
}
