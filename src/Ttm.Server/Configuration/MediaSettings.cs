using Ttm.Server.PublicAddress;
using Ttm.Sfu.Media;

namespace Ttm.Server.Configuration;

/// <summary>Reads the section <c>Media</c>.</summary>
internal static class MediaSettings
{
    /// <summary>With the public addresses that are named; those of other <see cref="PublicAddressSources"/> are to be found first.</summary>
    public static MediaOptions Read(Settings settings)
    {
        var defaults = new MediaOptions();
        return defaults with
        {
            Port = (ushort)settings.Number("Media:Port", defaults.Port, 0, ushort.MaxValue),
            PublicAddresses = [.. PublicAddressSources(settings).OfType<PublicAddressSource.Literal>().Select(source => source.Address)],
            UseDtx = settings.Flag("Media:UseDtx", defaults.UseDtx),
            MaxSessions = settings.Number("Media:MaxSessions", defaults.MaxSessions, 1, 1_000_000),
            MaxLessons = settings.Number("Media:MaxLessons", defaults.MaxLessons, 1, 1_000_000),
        };
    }

    public static IReadOnlyList<PublicAddressSource> PublicAddressSources(Settings settings) =>
        [.. settings.List(PublicAddressSource.Key).Select(PublicAddressSource.Parse)];
}
