using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Recorder.Journal;

/// <summary>
/// The recording's end on the media loop: copies each packet, as a journal record, into a ring that the journal writer empties. Open and Close go
/// beside the ring, so that a full one cannot lose them.
/// </summary>
internal sealed class RecordingSink(ByteRing ring) : IRtpSink
{
    private const int MaxPacketLength = 4096;

    private StreamPosition _start;
    private StreamPosition _end;
    private long _dropped;
    private volatile bool _opened;
    private volatile bool _closed;

    public bool IsOpened => _opened;

    public bool IsClosed => _closed;

    /// <summary>Meaningful once <see cref="IsOpened"/>.</summary>
    public StreamPosition Start => _start;

    /// <summary>Meaningful once <see cref="IsClosed"/>.</summary>
    public StreamPosition End => _end;

    /// <summary>Packets for which there was no room, because the disk did not keep up.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public ByteRing Ring { get; } = ring;

    public void Open(in StreamPosition start)
    {
        if (_opened)
            return;
        _start = start;
        _opened = true;
    }

    public void Write(in RtpPacket packet, Instant now)
    {
        if (!_opened || _closed)
            return;

        ReadOnlySpan<byte> datagram = packet.Datagram;
        Span<byte> header = stackalloc byte[RtpDump.RecordHeaderLength];
        RtpDump.WriteRecordHeader(header, datagram.Length, rtcp: false, MillisecondsAt(now));
        if (datagram.Length > MaxPacketLength || !Ring.TryWrite(header, datagram))
            Volatile.Write(ref _dropped, _dropped + 1);
    }

    public void Close(in StreamPosition end)
    {
        if (_closed)
            return;

        // Never opened: a recording of no length.
        if (!_opened)
            Open(end);
        _end = end;
        _closed = true;
    }

    public uint MillisecondsAt(Instant now) => (uint)Math.Clamp((now - _start.At).Ticks / TimeSpan.TicksPerMillisecond, 0, uint.MaxValue);
}
