using Ttm.Rtc.Rtp;

namespace Ttm.Recorder.Tests.Simulation;

/// <summary>A packet that left the teacher's browser, and when.</summary>
internal sealed record SentPacket(double SentAt, uint Ssrc, ushort Sequence, uint Timestamp, byte[] Payload)
{
    public byte[] ToDatagram()
    {
        byte[] datagram = new byte[RtpPacket.FixedHeaderLength + Payload.Length];
        RtpPacket.WriteHeader(datagram, false, 111, Sequence, Timestamp, Ssrc);
        Payload.CopyTo(datagram, RtpPacket.FixedHeaderLength);
        return datagram;
    }
}

/// <summary>A browser that speaks: 20 ms at a time into Opus, with a sample clock that may be wrong.</summary>
internal sealed class SimulatedTeacher(OpusEncoder encoder, uint ssrc = 0x1234_5678, ushort sequence = 65_500, uint timestamp = 0xFFFF_F000)
{
    private const int Frame = 960;

    private ushort _sequence = sequence;
    private uint _timestamp = timestamp;

    /// <summary>48,000 of the sender's samples take this many seconds.</summary>
    public double ClockRate { get; init; } = 1;

    public int Channels { get; init; } = 1;

    public uint Ssrc { get; set; } = ssrc;

    public void Jump(int samples) => _timestamp += (uint)samples;

    public void SkipSequence(int count) => _sequence = (ushort)(_sequence + count);

    /// <summary>Speaks from one time to another.</summary>
    /// <param name="signal">The sample at a time, in seconds.</param>
    public IEnumerable<SentPacket> Speak(double from, double to, Func<double, short> signal)
    {
        short[] pcm = new short[Frame * Channels];
        int frames = (int)Math.Round((to - from) / (0.02 * ClockRate));
        for (int frame = 0; frame < frames; frame++)
        {
            double start = from + (frame * 0.02 * ClockRate);
            for (int i = 0; i < pcm.Length; i++)
                pcm[i] = signal(start + (i / Channels * ClockRate / 48_000));
            byte[] payload = encoder.Encode(pcm);
            uint timestamp = _timestamp;
            _timestamp += Frame;

            // Two bytes or less is what DTX leaves; browsers do not send it.
            if (payload.Length > 2)
                yield return new SentPacket(start + (0.02 * ClockRate), Ssrc, _sequence++, timestamp, payload);
        }
    }
}
