using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Ttm.Rtc;

namespace Ttm.Turn;

/// <summary>A range of addresses, as CIDR writes it. IPv4 lies in its IPv4-mapped place, as in <see cref="TransportAddress"/>.</summary>
internal readonly record struct AddressBlock
{
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly ulong _highMask;
    private readonly ulong _lowMask;
    private readonly bool _isIPv4;

    private AddressBlock(in TransportAddress address, int prefixLength)
    {
        _isIPv4 = address.IsIPv4;
        PrefixLength = _isIPv4 ? prefixLength + 96 : prefixLength;
        _highMask = MaskOf(Math.Min(PrefixLength, 64));
        _lowMask = MaskOf(Math.Max(PrefixLength - 64, 0));
        _high = address.High & _highMask;
        _low = address.Low & _lowMask;
    }

    /// <summary>Of the IPv6 form: an IPv4 /8 is 104.</summary>
    private int PrefixLength { get; }

    public bool IsOneAddress => PrefixLength == 128;

    /// <exception cref="FormatException">For constants only; configuration goes through <see cref="TryParse"/>.</exception>
    public static AddressBlock Parse(string text) => TryParse(text, out var block) ? block : throw new FormatException(text);

    /// <summary><c>10.0.0.0/8</c>, <c>2001:db8::/32</c>, or an address alone.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AddressBlock block)
    {
        block = default;
        if (text is null)
            return false;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string head = (slash < 0 ? text : text[..slash]).Trim();

        // IPAddress reads "1" and "10.1" as addresses too; nobody means that in a list of peers.
        if (!IPAddress.TryParse(head, out var parsed) || (!head.Contains(':', StringComparison.Ordinal) && head.Count(c => c == '.') != 3))
            return false;
        var address = TransportAddress.From(parsed, 0);
        int longest = address.IsIPv4 ? 32 : 128;
        int length = longest;
        if (slash >= 0 && !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length))
            return false;
        block = length <= longest ? new AddressBlock(address, length) : default;
        return length <= longest;
    }

    public bool Contains(in TransportAddress address) =>
        address.IsIPv4 == _isIPv4 && (address.High & _highMask) == _high && (address.Low & _lowMask) == _low;

    /// <summary>True where all of this block lies in the other.</summary>
    public bool IsWithin(in AddressBlock other) =>
        _isIPv4 == other._isIPv4 && PrefixLength >= other.PrefixLength
        && (_high & other._highMask) == other._high && (_low & other._lowMask) == other._low;

    private static ulong MaskOf(int bits) => bits == 0 ? 0 : ulong.MaxValue << (64 - bits);
}
