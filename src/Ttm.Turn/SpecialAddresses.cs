using Ttm.Rtc;

namespace Ttm.Turn;

/// <summary>
/// The addresses that are not plain hosts of the Internet (RFC 6890 and its registries), and those that carry an IPv4 address inside.
/// </summary>
internal static class SpecialAddresses
{
    private static readonly AddressBlock[] Never =
    [
        AddressBlock.Parse("0.0.0.0/8"), // this network, unspecified
        AddressBlock.Parse("224.0.0.0/4"), // multicast
        AddressBlock.Parse("240.0.0.0/4"), // reserved, broadcast
        AddressBlock.Parse("::/128"), // unspecified
        AddressBlock.Parse("ff00::/8"), // multicast
    ];

    private static readonly AddressBlock[] Loopback = [AddressBlock.Parse("127.0.0.0/8"), AddressBlock.Parse("::1/128")];

    private static readonly AddressBlock[] Special =
    [
        .. Loopback,
        AddressBlock.Parse("10.0.0.0/8"),
        AddressBlock.Parse("100.64.0.0/10"), // shared by carriers; a cloud's metadata at 100.100.100.200
        AddressBlock.Parse("168.63.129.16/32"), // a cloud's metadata, at a public address
        AddressBlock.Parse("169.254.0.0/16"), // link-local, metadata of most clouds
        AddressBlock.Parse("172.16.0.0/12"),
        AddressBlock.Parse("192.0.0.0/24"), // protocol assignments; a cloud's metadata at 192.0.0.192
        AddressBlock.Parse("192.0.2.0/24"), // documentation
        AddressBlock.Parse("192.88.99.0/24"), // 6to4 relays
        AddressBlock.Parse("192.168.0.0/16"),
        AddressBlock.Parse("198.18.0.0/15"), // benchmarks
        AddressBlock.Parse("198.51.100.0/24"),
        AddressBlock.Parse("203.0.113.0/24"),
        AddressBlock.Parse("64:ff9b:1::/48"), // local NAT64
        AddressBlock.Parse("100::/64"), // discard
        AddressBlock.Parse("2001::/32"), // Teredo
        AddressBlock.Parse("2001:db8::/32"), // documentation
        AddressBlock.Parse("fc00::/7"), // unique local; a cloud's metadata at fd00:ec2::254
        AddressBlock.Parse("fe80::/10"), // link-local
        AddressBlock.Parse("fec0::/10"), // site-local
        AddressBlock.Parse("::/96"), // IPv4-compatible
    ];

    private static readonly AddressBlock Nat64 = AddressBlock.Parse("64:ff9b::/96");
    private static readonly AddressBlock SixToFour = AddressBlock.Parse("2002::/16");

    /// <summary>No entry can allow these.</summary>
    public static bool IsNeverAPeer(in TransportAddress address) => TryFind(Never, address, out _);

    /// <summary>The special block around the address, where there is one.</summary>
    public static bool TryGetBlock(in TransportAddress address, out AddressBlock block) => TryFind(Special, address, out block);

    public static bool IsLoopback(in AddressBlock block) => block.IsWithin(Loopback[0]) || block.IsWithin(Loopback[1]);

    /// <summary>The IPv4 address that a NAT64 (RFC 6052) or 6to4 (RFC 3056) gateway would send to.</summary>
    public static bool TryGetEmbeddedIPv4(in TransportAddress address, out TransportAddress embedded)
    {
        embedded = default;
        if (Nat64.Contains(address))
            embedded = TransportAddress.FromIPv4((uint)address.Low, address.Port);
        else if (SixToFour.Contains(address))
            embedded = TransportAddress.FromIPv4((uint)(address.High >> 16), address.Port);
        else
            return false;
        return true;
    }

    private static bool TryFind(AddressBlock[] blocks, in TransportAddress address, out AddressBlock found)
    {
        foreach (ref readonly var block in blocks.AsSpan())
        {
            if (block.Contains(address))
            {
                found = block;
                return true;
            }
        }

        found = default;
        return false;
    }
}
