namespace Ttm.Rtc;

/// <summary>What a datagram on the media port is, judged by its first bytes (RFC 7983 section 7, RFC 5761 section 4).</summary>
public enum DatagramKind : byte
{
    Unknown = 0,
    Stun,
    Dtls,

    /// <summary>ChannelData of TURN (RFC 8656 section 12.4).</summary>
    TurnChannel,
    Rtp,
    Rtcp,
}

/// <summary>Tells the protocols that share the media port apart.</summary>
public static class MediaDemux
{
    /// <summary>
    /// <code>
    ///              +----------------+
    ///              |        [0..3] -+--> STUN
    ///              |      [20..63] -+--> DTLS
    ///  packet --&gt;  |     [64..127] -+--> TURN channel
    ///              |    [128..191] -+--> RTP, or RTCP where the second byte is in [192..223]
    ///              +----------------+
    /// </code>
    /// RFC 7983 ends the channels at 79. Clients of RFC 5766 (coturn's tools) take numbers up to 0x7FFF, and no other protocol is here from
    /// 80 to 127.
    /// </summary>
    public static DatagramKind Classify(ReadOnlySpan<byte> datagram)
    {
        if (datagram.IsEmpty)
            return DatagramKind.Unknown;

        return datagram[0] switch
        {
            <= 3 => DatagramKind.Stun,
            >= 20 and <= 63 => DatagramKind.Dtls,
            >= 64 and <= 127 => DatagramKind.TurnChannel,
            >= 128 and <= 191 when datagram.Length > 1 => datagram[1] is >= 192 and <= 223 ? DatagramKind.Rtcp : DatagramKind.Rtp,
            _ => DatagramKind.Unknown,
        };
    }
}
