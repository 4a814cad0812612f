namespace Ttm.Rtc.Sdp;

/// <summary>RFC 8866 section 6.7, as seen by whoever wrote it.</summary>
public enum SdpDirection
{
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

/// <summary>Who opens the DTLS connection (RFC 5763 section 5, RFC 4145 section 4), as seen by whoever wrote it.</summary>
public enum SdpSetup
{
    ActPass,

    /// <summary>DTLS client.</summary>
    Active,

    /// <summary>DTLS server.</summary>
    Passive,
}

internal static class SdpWords
{
    public static string Of(SdpDirection direction) => direction switch
    {
        SdpDirection.SendOnly => "sendonly",
        SdpDirection.RecvOnly => "recvonly",
        SdpDirection.Inactive => "inactive",
        _ => "sendrecv",
    };

    public static string Of(SdpSetup setup) => setup switch
    {
        SdpSetup.Active => "active",
        SdpSetup.Passive => "passive",
        _ => "actpass",
    };
}
