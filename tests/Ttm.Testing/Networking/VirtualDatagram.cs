using Ttm.Rtc;

namespace Ttm.Testing.Networking;

/// <summary>A datagram under way, for taps and filters.</summary>
public sealed record VirtualDatagram(TransportAddress From, TransportAddress To, byte[] Bytes, Instant SentAt);
