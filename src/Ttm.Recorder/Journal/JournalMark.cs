using System.Buffers.Binary;
using System.Text.Json;
using Ttm.Recorder.Recordings;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Recorder.Journal;

internal enum JournalMarkKind
{
    /// <summary>What is recorded: the <see cref="JournalHeading"/> as JSON.</summary>
    Heading = 0,

    /// <summary>The sink was opened here.</summary>
    Open = 1,

    /// <summary>The sink was closed here. A journal without it was cut off: its end is its last record.</summary>
    Close = 2,

    /// <summary>Nothing came, and time went on.</summary>
    Tick = 3,
}

/// <summary>
/// What a journal holds besides packets, as RTCP APP packets (RFC 3550 section 6.7) named TTMR, so that other readers of rtpdump files skip it.
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |V=2|P|  kind   |   PT=APP=204  |             length            |
/// |                           SSRC                                |
/// |                       "TTMR" (ASCII)                          |
/// |  Heading: JSON, padded with spaces                            |
/// |  Open, Close: loop clock (64), wall clock in µs (64),         |
/// |               RTP timestamp (32), 1 where there is a stream   |
/// </code>
/// </summary>
internal readonly ref struct JournalMark
{
    private const int HeaderLength = 12;

    private const int PositionLength = HeaderLength + 24;

    private const byte App = 204;

    private JournalMark(JournalMarkKind kind, ReadOnlySpan<byte> packet)
    {
        Kind = kind;
        Packet = packet;
    }

    public JournalMarkKind Kind { get; }

    /// <summary>The place in the stream; of Open and Close.</summary>
    public StreamPosition Position => new(
        new Instant(BinaryPrimitives.ReadInt64BigEndian(Packet[12..])),
        BinaryPrimitives.ReadUInt32BigEndian(Packet[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(Packet[28..]),
        Packet[35] != 0);

    /// <summary>The wall clock at that place; of Open and Close.</summary>
    public DateTimeOffset WallTime =>
        DateTimeOffset.UnixEpoch.AddTicks(BinaryPrimitives.ReadInt64BigEndian(Packet[20..]) * TimeSpan.TicksPerMicrosecond);

    private ReadOnlySpan<byte> Packet { get; }

    public static bool TryParse(ReadOnlySpan<byte> packet, out JournalMark mark)
    {
        mark = default;
        if (packet.Length < HeaderLength || packet[0] >> 6 != 2 || packet[1] != App || !packet[8..12].SequenceEqual("TTMR"u8))
            return false;
        if ((BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) + 1) * 4 != packet.Length)
            return false;

        var kind = (JournalMarkKind)(packet[0] & 0x1F);
        bool known = kind switch
        {
            JournalMarkKind.Heading or JournalMarkKind.Tick => true,
            JournalMarkKind.Open or JournalMarkKind.Close => packet.Length == PositionLength && IsWallTime(BinaryPrimitives.ReadInt64BigEndian(packet[20..])),
            _ => false,
        };
        if (known)
            mark = new JournalMark(kind, packet);
        return known;
    }

    public bool TryReadHeading(out JournalHeading heading)
    {
        heading = JournalHeading.None;
        try
        {
            if (JsonSerializer.Deserialize(Packet[HeaderLength..], RecorderJson.Default.JournalHeading) is not { IsSound: true } read)
                return false;
            heading = read;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public static byte[] Heading(JournalHeading heading)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(heading, RecorderJson.Default.JournalHeading);
        byte[] packet = new byte[HeaderLength + ((json.Length + 3) & ~3)];
        packet.AsSpan().Fill((byte)' ');
        json.CopyTo(packet, HeaderLength);
        WriteHeader(packet, JournalMarkKind.Heading, 0);
        return packet;
    }

    public static byte[] At(JournalMarkKind kind, in StreamPosition position, DateTimeOffset wallTime)
    {
        byte[] packet = new byte[PositionLength];
        WriteHeader(packet, kind, position.Ssrc);
        BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(12), position.At.Ticks);
        BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(20), (wallTime - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(28), position.RtpTimestamp);
        packet[35] = position.HasStream ? (byte)1 : (byte)0;
        return packet;
    }

    public static byte[] Tick()
    {
        byte[] packet = new byte[HeaderLength];
        WriteHeader(packet, JournalMarkKind.Tick, 0);
        return packet;
    }

    private static bool IsWallTime(long microseconds) => microseconds is >= 0 and < 253_402_300_800_000_000;

    private static void WriteHeader(Span<byte> packet, JournalMarkKind kind, uint ssrc)
    {
        packet[0] = (byte)(0x80 | (int)kind);
        packet[1] = App;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)((packet.Length / 4) - 1));
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        "TTMR"u8.CopyTo(packet[8..]);
    }
}
