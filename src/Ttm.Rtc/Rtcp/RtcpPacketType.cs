namespace Ttm.Rtc.Rtcp;

/// <summary>Packet types of RFC 3550 section 12.1, RFC 4585 section 6.1 and RFC 3611 section 2.</summary>
public enum RtcpPacketType : byte
{
    SenderReport = 200,
    ReceiverReport = 201,
    SourceDescription = 202,
    Goodbye = 203,
    Application = 204,
    TransportFeedback = 205,
    PayloadFeedback = 206,
    ExtendedReport = 207,
}
