using System.Diagnostics.CodeAnalysis;
using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Dtls;

/// <summary>A session's DTLS, as the session sees it: done at once (<see cref="DtlsTransport"/>) or elsewhere (<see cref="OffloadedDtls"/>).</summary>
public interface IDtlsAssociation : IDisposable
{
    DtlsState State { get; }

    /// <summary>For the log, once <see cref="State"/> is <see cref="DtlsState.Failed"/>.</summary>
    string? FailureReason { get; }

    /// <summary>When <see cref="Tick"/> has something to do.</summary>
    Instant NextTick { get; }

    /// <summary>To be called when the ICE check has succeeded.</summary>
    void Start(Instant now);

    /// <summary>One datagram of RFC 7983's range for DTLS, from the peer's address.</summary>
    DropReason Receive(ReadOnlySpan<byte> datagram, Instant now);

    void Tick(Instant now);

    /// <summary>The next datagram to send, at most <see cref="DtlsTransport.MaxDatagramLength"/> bytes.</summary>
    bool TryTakeDatagram(Span<byte> buffer, out int length);

    /// <summary>SRTP under the agreed keys, once <see cref="State"/> is <see cref="DtlsState.Connected"/>. The caller disposes both.</summary>
    bool TryCreateSrtp([NotNullWhen(true)] out SrtpContext? inbound, [NotNullWhen(true)] out SrtpContext? outbound);

    /// <summary>Ends the association; where it was connected, a close_notify is then there to take.</summary>
    void Close();
}
