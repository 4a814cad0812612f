namespace Ttm.Rtc.Rtp;

/// <summary>What an outgoing packet's header says, apart from what its stream says for life (SSRC, payload type).</summary>
public readonly record struct RtpHeaderValues(ushort SequenceNumber, uint Timestamp, bool Marker);
