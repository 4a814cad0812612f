namespace Ttm.Rtc.Dtls;

/// <summary>What tests set otherwise than production.</summary>
internal sealed record DtlsOptions
{
    internal static readonly DtlsOptions Default = new();

    internal TimeSpan InitialInterval { get; init; } = RetransmissionTimer.DefaultInitialInterval;

    /// <summary>In OpenSSL's names, the preferred first.</summary>
    internal string SrtpProfiles { get; init; } = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
}
