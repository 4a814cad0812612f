namespace Ttm.Rtc.OpenSsl;

/// <summary>Whom OpenSSL asks in the midst of a call on an <see cref="SslConnection"/>, on the caller's thread. May not throw.</summary>
internal interface ISslOwner
{
    /// <param name="der">The peer's certificate.</param>
    bool AcceptCertificate(ReadOnlySpan<byte> der);

    /// <summary>How long a retransmission timer that starts now shall run.</summary>
    /// <param name="isNewFlight">Else the timer was due and the flight is about to be sent again.</param>
    TimeSpan NextInterval(bool isNewFlight);
}
