using System.Net;
using Ttm.Sfu.Media;

namespace Ttm.Server.Configuration;

/// <summary>Reads the section <c>Media</c>.</summary>
internal static class MediaSettings
{
    public static MediaOptions Read(Settings settings)
    {
        var defaults = new MediaOptions();
        return defaults with
        {
            Port = (ushort)settings.Number("Media:Port", defaults.Port, 0, ushort.MaxValue),
            PublicAddresses = [.. settings.List("Media:PublicAddresses").Select(Address)],
            UseDtx = settings.Flag("Media:UseDtx", defaults.UseDtx),
            MaxSessions = settings.Number("Media:MaxSessions", defaults.MaxSessions, 1, 1_000_000),
            MaxLessons = settings.Number("Media:MaxLessons", defaults.MaxLessons, 1, 1_000_000),
        };
    }

    private static IPAddress Address(string text)
    {
        if (IPAddress.TryParse(text, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            return address;
        throw StartException.Setting("Media:PublicAddresses", text, "set it to IP addresses that browsers can reach, separated by commas");
    }
}
