using System.Net;

namespace Ttm.Server.Configuration;

/// <param name="PublicAddresses">Addresses put into candidates; empty for the machine's own.</param>
/// <param name="Port">The one UDP port; 0 lets the system choose (tests).</param>
internal sealed record MediaOptions(IReadOnlyList<IPAddress> PublicAddresses, int Port)
{
    public const int DefaultPort = 3478;

    public static MediaOptions Read(Settings settings) => new(
        [.. settings.List("Media:PublicAddresses").Select(Address)],
        settings.Number("Media:Port", DefaultPort, 0, ushort.MaxValue));

    private static IPAddress Address(string text)
    {
        if (IPAddress.TryParse(text, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            return address;
        throw StartException.Setting("Media:PublicAddresses", text, "set it to IP addresses that browsers can reach, separated by commas");
    }
}
