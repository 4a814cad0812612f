using Ttm.Rtc;

namespace Ttm.Sfu.Media;

/// <summary>What the media loop counts. One writer, the loop; readers may see values a moment old.</summary>
public sealed class MediaCounters
{
    private readonly long[] _drops = new long[Enum.GetValues<DropReason>().Length];

    /// <summary>RTP packets from teachers, decrypted.</summary>
    public long PacketsReceived { get; internal set; }

    /// <summary>RTP packets to listeners.</summary>
    public long PacketsForwarded { get; internal set; }

    /// <summary>RTP payload bytes to listeners.</summary>
    public long BytesForwarded { get; internal set; }

    /// <summary>Packets of silence made here for students who are not listening.</summary>
    public long SilenceSent { get; internal set; }

    public long GetDrops(DropReason reason) => Volatile.Read(ref _drops[(int)reason]);

    internal void Drop(DropReason reason) => _drops[(int)reason]++;
}
