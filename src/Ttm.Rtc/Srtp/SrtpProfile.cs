namespace Ttm.Rtc.Srtp;

/// <summary>SRTP protection profiles, with their numbers in the use_srtp extension (RFC 5764 section 4.1.2, RFC 7714 section 14.2).</summary>
public enum SrtpProfile : ushort
{
    /// <summary>16-byte key, 14-byte salt, 10-byte tag.</summary>
#pragma warning disable CA1707 // the name as IANA has it
    AesCm128HmacSha1_80 = 0x0001,
#pragma warning restore CA1707

    /// <summary>16-byte key, 12-byte salt, 16-byte tag.</summary>
    AeadAes128Gcm = 0x0007,
}
