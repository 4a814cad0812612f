namespace Ttm.Rtc.Ice;

public enum IceState
{
    /// <summary>No check has succeeded yet.</summary>
    Checking,

    /// <summary>A pair is selected and consent is fresh.</summary>
    Connected,

    /// <summary>Consent expired (RFC 7675 section 5.1): nothing may be sent.</summary>
    Failed,
}

/// <summary>
/// One end of ICE for one component (RTP and RTCP share it). No I/O: after each call, take its datagrams until there are none.
/// </summary>
public interface IIceAgent
{
    IceState State { get; }

    /// <summary>The remote address that media goes to; meaningful when <see cref="State"/> is <see cref="IceState.Connected"/>.</summary>
    TransportAddress Selected { get; }

    /// <summary>When <see cref="Tick"/> has something to do; <see cref="Instant.Never"/> where it has not.</summary>
    Instant NextTick { get; }

    /// <summary>True for an address from which an authenticated check has come: DTLS and SRTP are accepted from it.</summary>
    bool IsValidated(in TransportAddress remote);

    /// <summary>Takes a STUN datagram. <see cref="DropReason.None"/> where it was used.</summary>
    DropReason Receive(ReadOnlySpan<byte> datagram, in TransportAddress from, Instant now);

    void Tick(Instant now);

    /// <summary>The next datagram to send; false where there is none.</summary>
    bool TryTakeDatagram(Span<byte> buffer, out int length, out TransportAddress to);
}
