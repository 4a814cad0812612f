using System.Buffers.Binary;

namespace Ttm.Rtc.Rtcp;

/// <summary>
/// When reports are due: at random between half and one and a half of the interval after the last (RFC 3550 section 6.2), so that
/// sessions that began together do not report together; the first after half of that (section 6.3.1's initial delay). The interval
/// itself is fixed: with two members in a session there is nothing for the RFC's scaling to do.
/// </summary>
public struct ReportSchedule
{
    private readonly IRandomness _randomness;
    private readonly TimeSpan _interval;

    public ReportSchedule(TimeSpan interval, IRandomness randomness, Instant now)
    {
        _randomness = randomness;
        _interval = interval;
        Next = now + (Draw() / 2);
    }

    public static TimeSpan UsualInterval => TimeSpan.FromSeconds(1);

    public Instant Next { get; private set; }

    /// <summary>True where a report is due, which it then is no longer.</summary>
    public bool TryTake(Instant now)
    {
        if (now < Next)
            return false;

        Next = now + Draw();
        return true;
    }

    private readonly TimeSpan Draw()
    {
        Span<byte> bytes = stackalloc byte[4];
        _randomness.Fill(bytes);
        double share = BinaryPrimitives.ReadUInt32BigEndian(bytes) / 4294967296.0;
        return _interval * (0.5 + share);
    }
}
