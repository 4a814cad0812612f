using System.Globalization;
using System.Net;
using Ttm.Server.Configuration;

namespace Ttm.Server.PublicAddress;

/// <summary>One entry of <c>Media:PublicAddresses</c>: an address, or who knows it.</summary>
internal abstract record PublicAddressSource
{
    public const string Key = "Media:PublicAddresses";
    private const string Ec2Name = "ec2";
    private const string StunScheme = "stun:";
    private const int StunPort = 3478;

    /// <exception cref="StartException">It is none of these.</exception>
    public static PublicAddressSource Parse(string text)
    {
        if (text.Equals(Ec2Name, StringComparison.OrdinalIgnoreCase))
            return new Ec2();
        if (text.StartsWith(StunScheme, StringComparison.OrdinalIgnoreCase) && TryParseServer(text[StunScheme.Length..], out var host, out var port))
            return new Stun(host, port);
        if (IPAddress.TryParse(text, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            return new Literal(address);
        throw StartException.Setting(Key, text, "set it to IP addresses that browsers can reach, or to ec2 or stun:host:port where they are to be found at the start, separated by commas");
    }

    // RFC 7064: host, [IPv6] or address, and perhaps a port.
    private static bool TryParseServer(string text, out string host, out int port)
    {
        port = StunPort;
        var end = text.StartsWith('[') ? text.IndexOf(']') + 1 : text.IndexOf(':');
        host = (end > 0 ? text[..end] : text).Trim('[', ']');
        var rest = end > 0 ? text[end..] : "";
        return Uri.CheckHostName(host) != UriHostNameType.Unknown && (end > 0 || !text.StartsWith('['))
            && (rest.Length == 0 || (rest[0] == ':' && int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue));
    }

    public sealed record Literal(IPAddress Address) : PublicAddressSource;

    /// <summary>Amazon's instance metadata.</summary>
    public sealed record Ec2 : PublicAddressSource
    {
        public override string ToString() => Ec2Name;
    }

    /// <summary>Behind one-to-one NAT: what a STUN server sees is what browsers reach.</summary>
    public sealed record Stun(string Host, int Port) : PublicAddressSource
    {
        public override string ToString() => $"{StunScheme}{Host}:{Port}";
    }
}
