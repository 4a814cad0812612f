namespace Ttm.Rtc.Dtls;

/// <summary>Where a <see cref="DtlsTransport"/> stands.</summary>
public enum DtlsState : byte
{
    /// <summary>Not started.</summary>
    New = 0,

    Handshaking,

    /// <summary>The peer has proved the key of the certificate that its SDP names, and the SRTP keys are there.</summary>
    Connected,

    /// <summary>See <see cref="DtlsTransport.FailureReason"/>. An alert may wait to be sent.</summary>
    Failed,

    /// <summary>By <see cref="DtlsTransport.Close"/> or by the peer's close_notify.</summary>
    Closed,
}
