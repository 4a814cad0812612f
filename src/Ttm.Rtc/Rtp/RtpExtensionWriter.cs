using System.Buffers.Binary;

namespace Ttm.Rtc.Rtp;

/// <summary>
/// Adds a one-byte extension block (RFC 8285 section 4.2) behind a header already written:
/// <c>new RtpExtensionWriter(packet, RtpPacket.WriteHeader(packet, …))</c>, any number of <see cref="TryAdd"/>, then
/// <see cref="Complete"/>, which tells where the payload begins.
/// </summary>
public ref struct RtpExtensionWriter
{
    private readonly Span<byte> _packet;
    private readonly int _start;
    private int _length;

    /// <param name="packet">The whole buffer of the packet.</param>
    /// <param name="headerLength">Fixed header and CSRCs.</param>
    public RtpExtensionWriter(Span<byte> packet, int headerLength)
    {
        _packet = packet;
        _start = headerLength + 4;
        _length = 0;
    }

    /// <summary>False, with nothing written, where the id is not 1–14, the data not 1–16 bytes, or the buffer full.</summary>
    public bool TryAdd(byte id, scoped ReadOnlySpan<byte> data)
    {
        int padded = (_length + 1 + data.Length + 3) & ~3;
        if (id is 0 or > 14 || data.Length is 0 or > 16 || _start + padded > _packet.Length)
            return false;

        _packet[_start + _length] = (byte)((id << 4) | (data.Length - 1));
        data.CopyTo(_packet[(_start + _length + 1)..]);
        _length += 1 + data.Length;
        return true;
    }

    /// <summary>Pads the block, sets the X bit; returns the header's length. Without elements there is no block.</summary>
    public readonly int Complete()
    {
        if (_length == 0)
            return _start - 4;

        int padded = (_length + 3) & ~3;
        _packet.Slice(_start + _length, padded - _length).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(_packet[(_start - 4)..], RtpExtensionReader.OneByteProfile);
        BinaryPrimitives.WriteUInt16BigEndian(_packet[(_start - 2)..], (ushort)(padded / 4));
        _packet[0] |= 0x10;
        return _start + padded;
    }
}
