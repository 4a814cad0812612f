using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Sfu.Media;

/// <summary>The loudest audio level of the last one to two seconds. A mutable value: keep it in a field.</summary>
internal struct LevelMeter
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    // As loudness, so that 0 is silence and the default.
    private byte _before;
    private byte _current;
    private Instant _since;

    public void Receive(in RtpPacket packet, byte extension, Instant now)
    {
        if (!AudioLevel.TryGet(packet, extension, out var level))
            return;
        if (now - _since >= Window)
            Turn(now);
        _current = Math.Max(_current, (byte)(AudioLevel.Silence - level.Level + 1));
    }

    /// <summary>In dBov, −127 to 0; null where no level came lately.</summary>
    public readonly int? Read(Instant now)
    {
        var meter = this;
        if (now - meter._since >= Window)
            meter.Turn(now);
        int loudest = Math.Max(meter._before, meter._current);
        return loudest == 0 ? null : loudest - 1 - AudioLevel.Silence;
    }

    private void Turn(Instant now)
    {
        _before = now - _since < 2 * Window ? _current : (byte)0;
        _current = 0;
        _since = now;
    }
}
