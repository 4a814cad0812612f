using System.Globalization;
using System.Net;
using System.Text;

namespace Ttm.Rtc.Ice;

public enum IceTransport : byte
{
    Udp,
    Tcp,
}

public enum IceCandidateType : byte
{
    Host,
    ServerReflexive,
    PeerReflexive,
    Relayed,
}

/// <summary>Who opens the connection of a TCP candidate (RFC 6544 section 4.5).</summary>
public enum IceTcpType : byte
{
    None,
    Active,
    Passive,
    SimultaneousOpen,
}

/// <summary>
/// A candidate as SDP and trickle fragments carry it (RFC 8839 section 5.1, RFC 6544 section 4.5):
/// <c>candidate:1 1 udp 2130706431 203.0.113.5 3478 typ host</c>.
/// </summary>
public sealed record IceCandidate
{
    private const string Prefix = "candidate:";

    /// <summary>1 to 32 ice-chars.</summary>
    public required string Foundation { get; init; }

    /// <summary>1 for RTP, and for RTCP with it.</summary>
    public int Component { get; init; } = 1;

    public IceTransport Transport { get; init; }

    public required uint Priority { get; init; }

    /// <summary>An IP address, or a name such as the <c>.local</c> ones by which browsers hide theirs (mDNS).</summary>
    public required string Address { get; init; }

    public required ushort Port { get; init; }

    public IceCandidateType Type { get; init; }

    public string? RelatedAddress { get; init; }

    public ushort? RelatedPort { get; init; }

    public IceTcpType TcpType { get; init; }

    /// <summary>A host candidate of this server: UDP, or passive TCP, by the address's <see cref="TransportAddress.Kind"/>.</summary>
    /// <param name="preference">Among the addresses of one kind the higher is tried first; 0 to 8191.</param>
    public static IceCandidate Host(in TransportAddress address, int preference)
    {
        bool tcp = address.Kind == TransportKind.Tcp;

        // RFC 8445 section 5.1.2.1. TCP comes after all UDP, and a passive one has direction preference 4 (RFC 6544 section 4.2).
        uint typePreference = tcp ? 90u : 126u;
        uint localPreference = tcp ? (4u << 13) + (uint)preference : 65535u - 8191u + (uint)preference;
        return new IceCandidate
        {
            Foundation = FoundationOf(address),
            Transport = tcp ? IceTransport.Tcp : IceTransport.Udp,
            Priority = (typePreference << 24) + (localPreference << 8) + 255,
            Address = address.ToIPEndPoint().Address.ToString(),
            Port = address.Port,
            TcpType = tcp ? IceTcpType.Passive : IceTcpType.None,
        };
    }

    /// <summary>The address to send to; false for a name. TCP candidates give the address of kind UDP too: the shell opens the flow.</summary>
    public bool TryGetAddress(out TransportAddress address)
    {
        bool parsed = IPAddress.TryParse(Address, out var ip);
        address = parsed ? TransportAddress.From(ip!, Port) : default;
        return parsed;
    }

    /// <summary>Reads the value of an <c>a=</c> line or a browser's <c>candidate</c> field; extensions are ignored.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IceCandidate? candidate)
    {
        candidate = null;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length > 1024)
            return false;

        string[] fields = text[Prefix.Length..].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 8
            || fields[0].Length > 32
            || !TryParseNumber(fields[1], 1, 256, out uint component)
            || !TryParseTransport(fields[2], out var transport)
            || !TryParseNumber(fields[3], 0, uint.MaxValue, out uint priority)
            || !IsAddress(fields[4])
            || !TryParseNumber(fields[5], 0, 65535, out uint port)
            || fields[6] != "typ"
            || !TryParseType(fields[7], out var type))
        {
            return false;
        }

        candidate = new IceCandidate
        {
            Foundation = fields[0],
            Component = (int)component,
            Transport = transport,
            Priority = priority,
            Address = fields[4],
            Port = (ushort)port,
            Type = type,
        };
        for (int i = 8; i + 1 < fields.Length; i += 2)
            candidate = candidate.With(fields[i], fields[i + 1]);
        return transport == IceTransport.Udp || candidate.TcpType != IceTcpType.None;
    }

    /// <summary>The text that <see cref="TryParse"/> reads.</summary>
    public string Write()
    {
        var text = new StringBuilder(96);
        text.Append(CultureInfo.InvariantCulture, $"{Prefix}{Foundation} {Component} {(Transport == IceTransport.Tcp ? "tcp" : "udp")} ");
        text.Append(CultureInfo.InvariantCulture, $"{Priority} {Address} {Port} typ {TypeName(Type)}");
        if (RelatedAddress is not null)
            text.Append(CultureInfo.InvariantCulture, $" raddr {RelatedAddress} rport {RelatedPort ?? 0}");
        if (TcpType != IceTcpType.None)
            text.Append(" tcptype ").Append(TcpTypeName(TcpType));
        return text.ToString();
    }

    private IceCandidate With(string name, string value) => name switch
    {
        "raddr" when IsAddress(value) => this with { RelatedAddress = value },
        "rport" when TryParseNumber(value, 0, 65535, out uint port) => this with { RelatedPort = (ushort)port },
        "tcptype" when Transport == IceTransport.Tcp => this with
        {
            TcpType = value switch
            {
                "active" => IceTcpType.Active,
                "passive" => IceTcpType.Passive,
                "so" => IceTcpType.SimultaneousOpen,
                _ => IceTcpType.None,
            },
        },
        _ => this,
    };

    private static string TypeName(IceCandidateType type) => type switch
    {
        IceCandidateType.ServerReflexive => "srflx",
        IceCandidateType.PeerReflexive => "prflx",
        IceCandidateType.Relayed => "relay",
        _ => "host",
    };

    private static string TcpTypeName(IceTcpType type) => type switch
    {
        IceTcpType.Active => "active",
        IceTcpType.Passive => "passive",
        _ => "so",
    };

    private static bool TryParseType(string text, out IceCandidateType type)
    {
        IceCandidateType? known = text switch
        {
            "host" => IceCandidateType.Host,
            "srflx" => IceCandidateType.ServerReflexive,
            "prflx" => IceCandidateType.PeerReflexive,
            "relay" => IceCandidateType.Relayed,
            _ => null,
        };
        type = known.GetValueOrDefault();
        return known is not null;
    }

    private static bool TryParseTransport(string text, out IceTransport transport)
    {
        transport = text.Equals("tcp", StringComparison.OrdinalIgnoreCase) ? IceTransport.Tcp : IceTransport.Udp;
        return transport == IceTransport.Tcp || text.Equals("udp", StringComparison.OrdinalIgnoreCase);
    }

    private static bool TryParseNumber(string text, uint minimum, uint maximum, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= minimum && number <= maximum;

    private static bool IsAddress(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or ':' or '-' or '_' or '%'))
                return false;
        }

        return text.Length <= 255;
    }

    /// <summary>Equal for candidates of one type, base address and transport (RFC 8445 section 5.1.1.3).</summary>
    private static string FoundationOf(in TransportAddress address)
    {
        ulong hash = 14695981039346656037;
        foreach (ulong part in (ReadOnlySpan<ulong>)[address.High, address.Low, (ulong)address.Kind])
            hash = (hash ^ part) * 1099511628211;
        return ((uint)(hash ^ (hash >> 32))).ToString(CultureInfo.InvariantCulture);
    }
}
