using Ttm.Rtc.Stun;

namespace Ttm.Rtc.Ice;

/// <summary>USERNAME of a connectivity check: <c>receiver's ufrag : sender's ufrag</c> (RFC 8445 section 7.2.2).</summary>
public static class IceUsername
{
    /// <summary>The receiver's ufrag, by which a check from an unknown address finds its session.</summary>
    public static bool TryGetLocalUfrag(in StunMessage message, out ReadOnlySpan<byte> ufrag)
    {
        ufrag = default;
        if (!message.TryGetUsername(out var username))
            return false;

        int colon = username.IndexOf((byte)':');
        if (colon <= 0)
            return false;
        ufrag = username[..colon];
        return true;
    }
}
