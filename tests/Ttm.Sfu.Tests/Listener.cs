using Ttm.Rtc;
using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Sfu.Tests;

/// <summary>What a student gets: speech by the number in its second byte, and silence.</summary>
internal sealed class Listener
{
    private readonly List<(ushort Sequence, uint Ssrc)> _packets = [];

    public Listener(UdpRtcClient client)
    {
        client.Received = Receive;
    }

    public List<int> Speech { get; } = [];

    public List<int> Markers { get; } = [];

    public int SilenceCount { get; private set; }

    public void AssertOneStream()
    {
        _packets.Select(packet => packet.Ssrc).Distinct().Count().ShouldBe(1);
        for (int index = 1; index < _packets.Count; index++)
            _packets[index].Sequence.ShouldBe((ushort)(_packets[index - 1].Sequence + 1));
    }

    private void Receive(in RtpPacket packet, Instant now)
    {
        _packets.Add((packet.SequenceNumber, packet.Ssrc));
        if (packet.Payload.SequenceEqual(OpusPayload.Silence))
        {
            SilenceCount++;
            return;
        }

        Speech.Add(packet.Payload[1]);
        if (packet.Marker)
            Markers.Add(packet.Payload[1]);
    }
}
