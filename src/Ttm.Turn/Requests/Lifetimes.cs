using Ttm.Rtc.Stun;

namespace Ttm.Turn.Requests;

/// <summary>LIFETIME as RFC 8656 section 7.2 grants it: never less than 10 minutes, never more than the server's longest.</summary>
internal static class Lifetimes
{
    public static readonly TimeSpan Default = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan Permission = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan Channel = TimeSpan.FromMinutes(10);

    /// <summary>False where the attribute is malformed. <paramref name="isZero"/>: a Refresh that ends the allocation.</summary>
    public static bool TryGrant(in StunMessage message, TimeSpan longest, out TimeSpan granted, out bool isZero)
    {
        granted = Default;
        isZero = false;
        if (!message.HasAttribute(StunAttribute.Lifetime))
            return true;
        if (!message.TryGetUInt32(StunAttribute.Lifetime, out uint seconds))
            return false;
        isZero = seconds == 0;
        if (seconds > Default.TotalSeconds)
            granted = TimeSpan.FromSeconds(Math.Min(seconds, longest.TotalSeconds));
        return true;
    }
}
