namespace Ttm.Rtc.Rtp;

/// <summary>
/// The client-to-mixer audio level, <c>urn:ietf:params:rtp-hdrext:ssrc-audio-level</c> (RFC 6464 section 3).
/// <code>
/// |V| level |     one byte, behind the extension's own header
/// </code>
/// </summary>
/// <param name="Level">In −dBov: 0 is the loudest, 127 is digital silence.</param>
/// <param name="VoiceActivity">True where the sender takes it for speech.</param>
public readonly record struct AudioLevel(byte Level, bool VoiceActivity)
{
    public const string Uri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

    public const byte Silence = 127;

    /// <summary>Reads an element's data. The two-byte form may carry a byte of padding behind the level.</summary>
    public static bool TryParse(ReadOnlySpan<byte> data, out AudioLevel level)
    {
        level = data.IsEmpty ? default : new AudioLevel((byte)(data[0] & 0x7F), (data[0] & 0x80) != 0);
        return !data.IsEmpty;
    }

    /// <summary>Finds the level in a packet.</summary>
    /// <param name="id">The negotiated extension id; 0 where it was not negotiated.</param>
    public static bool TryGet(in RtpPacket packet, byte id, out AudioLevel level)
    {
        level = default;
        return packet.TryGetExtension(id, out var data) && TryParse(data, out level);
    }

    public int Write(Span<byte> destination)
    {
        destination[0] = (byte)((VoiceActivity ? 0x80 : 0) | (Level & 0x7F));
        return 1;
    }
}
