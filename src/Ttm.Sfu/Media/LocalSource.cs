using System.Buffers.Binary;
using System.Text;
using Ttm.Rtc;

namespace Ttm.Sfu.Media;

/// <summary>What the server calls itself in one session's RTP and RTCP (RFC 3550 sections 3, 6.5.1; RFC 7022 for a CNAME that tells nothing).</summary>
internal sealed record LocalSource(uint Ssrc, byte[] Cname)
{
    public string CnameText => Encoding.ASCII.GetString(Cname);

    public static LocalSource Generate(IRandomness randomness)
    {
        Span<byte> bytes = stackalloc byte[16];
        randomness.Fill(bytes);
        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return new LocalSource(ssrc == 0 ? 1 : ssrc, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes[4..])));
    }
}
