namespace Ttm.Rtc.Stun;

/// <summary>FINGERPRINT: CRC-32 of ITU-T V.42 over what goes before it, combined with 0x5354554E (RFC 8489 section 14.7).</summary>
internal static class StunFingerprint
{
    private const uint Mask = 0x5354554E;
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[] Table = MakeTable();

    /// <summary>The header must carry the length with FINGERPRINT included.</summary>
    public static uint Compute(ReadOnlySpan<byte> message)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in message)
            crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc ^ Mask;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            table[i] = value;
        }

        return table;
    }
}
