using System.Globalization;
using System.Net;
using System.Text;

namespace Ttm.Turn;

/// <summary>The section <c>Turn</c> of the configuration. <see cref="Validate"/> before use.</summary>
public sealed record TurnOptions
{
    /// <summary>RFC 8489 section 14.9 asks for fewer than 128 characters.</summary>
    private const int LongestRealm = 127;
    private const int ShortestSecret = 16;

    /// <summary>False: STUN Binding alone is answered.</summary>
    public bool Enabled { get; init; } = true;

    public string Realm { get; init; } = "thinkthroughmath.com";

    /// <summary>Of the TURN REST credentials; where empty, <see cref="TurnCredentials"/> makes one at each start.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Long-term users: name to password.</summary>
    public IReadOnlyDictionary<string, string> Users { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// CIDR blocks to which relayed packets may go, beside the own media port. An entry may hold several, parted by commas.
    /// </summary>
    public IReadOnlyList<string> AllowedPeers { get; init; } = [];

    /// <summary>
    /// Ports of relay sockets, <c>first-last</c>. Without <see cref="AllowedPeers"/> they are names only: nothing is bound.
    /// </summary>
    public string RelayPorts { get; init; } = "49152-65535";

    /// <summary>
    /// The UDP port at which STUN and TURN are handed out, for clients who shall use nothing but the relay; 0 for any free one. Nobody else needs it.
    /// </summary>
    public int UdpPort { get; init; }

    /// <summary>Allocations and reservations at one time, of all users; beyond it 300 or 508.</summary>
    public int MaxAllocations { get; init; } = 10_000;

    /// <summary>The same of one user (the part after the colon in a REST user name); beyond it 486.</summary>
    public int MaxAllocationsPerUser { get; init; } = 32;

    /// <summary>What one allocation may relay, in each direction; 0 is no limit.</summary>
    public int MaxBitsPerSecond { get; init; } = 8_000_000;

    /// <summary>
    /// Requests without good credentials that one address (IPv6: one /64) has answered, with bursts of ten times as many.
    /// </summary>
    public int UnauthenticatedRequestsPerSecond { get; init; } = 200;

    /// <summary>How long REST credentials are good for new allocations.</summary>
    public TimeSpan CredentialLifetime { get; init; } = TimeSpan.FromHours(6);

    public TimeSpan NonceLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest LIFETIME that is granted; 10 minutes are the usual one.</summary>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>address:port</c> of servers to which clients are sent (300) while this one is full or draining.</summary>
    public IReadOnlyList<string> AlternateServers { get; init; } = [];

    /// <summary>
    /// URLs of more TURN servers, with the same <see cref="Secret"/>, that are handed out after the own ones: <c>turn:relay.example.org:3478?transport=udp</c>.
    /// </summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>One sentence per error, naming the key; empty where all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (Realm.Length == 0 || Encoding.UTF8.GetByteCount(Realm) > LongestRealm || Realm.Any(char.IsControl))
            errors.Add($"Turn:Realm must have 1 to {LongestRealm} bytes and no control characters.");
        if (Secret.Length is > 0 and < ShortestSecret)
            errors.Add($"Turn:Secret must have at least {ShortestSecret} characters, or be left out so that one is made at each start.");
        foreach (var (name, password) in Users)
        {
            if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > 508)
                errors.Add("Turn:Users has a name that is empty or longer than 508 bytes.");
            if (string.IsNullOrEmpty(password) || Encoding.UTF8.GetByteCount(password) > 508)
                errors.Add($"Turn:Users:{name} needs a password of 1 to 508 bytes.");
        }

        foreach (string entry in Split(AllowedPeers))
        {
            if (!AddressBlock.TryParse(entry, out _))
                errors.Add($"Turn:AllowedPeers has \"{entry}\", which is no CIDR block such as 10.1.0.0/16.");
        }

        if (!PortRange.TryParse(RelayPorts, out _))
            errors.Add($"Turn:RelayPorts is \"{RelayPorts}\", which is no range of ports such as 49152-65535.");
        foreach (string entry in Split(AlternateServers))
        {
            if (!TryParseEndPoint(entry, out _))
                errors.Add($"Turn:AlternateServers has \"{entry}\", which is no address and port such as 192.0.2.1:3478.");
        }

        foreach (string entry in Urls)
        {
            if (!entry.StartsWith("turn:", StringComparison.Ordinal) && !entry.StartsWith("turns:", StringComparison.Ordinal))
                errors.Add($"Turn:Urls has \"{entry}\", which is no URL such as turn:relay.example.org:3478?transport=udp.");
        }

        if (Urls.Count > 0 && Secret.Length == 0)
            errors.Add("Turn:Urls needs Turn:Secret, the one that those servers have, too.");
        RequireRange(errors, nameof(UdpPort), UdpPort, 0, ushort.MaxValue);
        RequireRange(errors, nameof(MaxAllocations), MaxAllocations, 1, 1_000_000);
        RequireRange(errors, nameof(MaxAllocationsPerUser), MaxAllocationsPerUser, 1, 1_000_000);
        RequireRange(errors, nameof(MaxBitsPerSecond), MaxBitsPerSecond, 0, int.MaxValue);
        RequireRange(errors, nameof(UnauthenticatedRequestsPerSecond), UnauthenticatedRequestsPerSecond, 1, 1_000_000);
        RequireRange(errors, nameof(CredentialLifetime), CredentialLifetime.TotalSeconds, 60, 86_400);
        RequireRange(errors, nameof(NonceLifetime), NonceLifetime.TotalSeconds, 60, 86_400);
        RequireRange(errors, nameof(MaxLifetime), MaxLifetime.TotalSeconds, 600, 86_400);
        return errors;
    }

    internal AddressBlock[] ParseAllowedPeers() => [.. Split(AllowedPeers).Select(AddressBlock.Parse)];

    internal IPEndPoint[] ParseAlternateServers() => [.. Split(AlternateServers).Select(IPEndPoint.Parse)];

    internal PortRange ParseRelayPorts() => PortRange.TryParse(RelayPorts, out var range) ? range : throw new FormatException(RelayPorts);

    private static bool TryParseEndPoint(string text, out IPEndPoint? endPoint) =>
        IPEndPoint.TryParse(text, out endPoint) && endPoint.Port != 0;

    private static IEnumerable<string> Split(IReadOnlyList<string> entries) =>
        entries.SelectMany(entry => entry.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static void RequireRange(List<string> errors, string key, double value, double least, double most)
    {
        string unit = key.EndsWith("Lifetime", StringComparison.Ordinal) ? " seconds" : "";
        if (value < least || value > most)
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"Turn:{key} must lie between {least} and {most}{unit}."));
    }
}
