namespace Ttm.Rtc.Rtp;

/// <summary>One element of an extension block; <see cref="Data"/> is a view over the packet.</summary>
public readonly ref struct RtpExtension
{
    internal RtpExtension(byte id, ReadOnlySpan<byte> data)
    {
        Id = id;
        Data = data;
    }

    /// <summary>The local identifier that SDP's <c>a=extmap</c> gave a meaning.</summary>
    public byte Id { get; }

    public ReadOnlySpan<byte> Data { get; }
}

/// <summary>
/// Walks the elements of an extension block, of the one-byte form (RFC 8285 section 4.2) or the two-byte form (section 4.3).
/// An element that does not fit ends the walk; what came before it counts. A block of another profile has no elements.
/// <code>
/// one-byte:  |  ID   |  L-1  | data …       ID 1–14, 1–16 bytes
/// two-byte:  |      ID       |    length     | data …       ID 1–255, 0–255 bytes
/// </code>
/// </summary>
public ref struct RtpExtensionReader
{
    /// <summary>The profile field of the one-byte form.</summary>
    public const ushort OneByteProfile = 0xBEDE;

    /// <summary>The profile field of the two-byte form; its low four bits belong to the application.</summary>
    public const ushort TwoByteProfile = 0x1000;

    private readonly bool _twoByte;
    private ReadOnlySpan<byte> _rest;

    public RtpExtensionReader(scoped in RtpPacket packet)
        : this(packet.ExtensionProfile, packet.Extensions)
    {
    }

    public RtpExtensionReader(ushort profile, ReadOnlySpan<byte> elements)
    {
        _twoByte = (profile & 0xFFF0) == TwoByteProfile;
        _rest = _twoByte || profile == OneByteProfile ? elements : default;
        Current = default;
    }

    public RtpExtension Current { get; private set; }

    public readonly RtpExtensionReader GetEnumerator() => this;

    public bool MoveNext()
    {
        // A zero byte is padding in both forms.
        int padding = _rest.IndexOfAnyExcept((byte)0);
        _rest = padding < 0 ? default : _rest[padding..];
        if (_rest.IsEmpty)
            return false;

        int prefix = _twoByte ? 2 : 1;
        int id = _twoByte ? _rest[0] : _rest[0] >> 4;

        // RFC 8285 section 4.2: ID 0 with a length, and ID 15, end the processing of the block.
        if (_rest.Length < prefix || (!_twoByte && id is 0 or 15))
            return Stop();

        int length = _twoByte ? _rest[1] : (_rest[0] & 0x0F) + 1;
        if (_rest.Length < prefix + length)
            return Stop();

        Current = new RtpExtension((byte)id, _rest.Slice(prefix, length));
        _rest = _rest[(prefix + length)..];
        return true;
    }

    private bool Stop()
    {
        _rest = default;
        return false;
    }
}
