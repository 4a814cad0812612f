using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>What the <see cref="UdpLoop"/> drives. All calls come from its thread.</summary>
public interface IDatagramHandler
{
    /// <summary>When <see cref="OnTick"/> is due; <see cref="Instant.Never"/> where no timer is set.</summary>
    Instant NextTick { get; }

    /// <param name="datagram">The loop's memory: may be decrypted in place, valid during the call only.</param>
    void OnDatagram(Span<byte> datagram, in TransportAddress from, Instant now);

    void OnTick(Instant now);
}
