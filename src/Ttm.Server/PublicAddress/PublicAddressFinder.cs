using System.Net;
using Amazon.Util;
using Ttm.Server.Configuration;
using Ttm.Sfu.Media;

namespace Ttm.Server.PublicAddress;

/// <summary>Finds the addresses that go into candidates, at the start and within a few seconds.</summary>
internal static class PublicAddressFinder
{
    private const string Ec2Path = "/public-ipv4";
    private const int Ec2Tries = 2;

    /// <summary>Of one source. A server that took another address in the end would be reached by nobody, so there is no other.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The options with all that <c>Media:PublicAddresses</c> names or lets be found.</summary>
    /// <exception cref="StartException">A source does not answer, or not with an address.</exception>
    public static MediaOptions Complete(MediaOptions media, Settings settings) => media with { PublicAddresses = Find(MediaSettings.PublicAddressSources(settings)) };

    /// <exception cref="StartException">A source does not answer, or not with an address.</exception>
    public static IReadOnlyList<IPAddress> Find(IEnumerable<PublicAddressSource> sources) => [.. sources.Select(Find).Distinct()];

    private static IPAddress Find(PublicAddressSource source) => source switch
    {
        PublicAddressSource.Literal literal => literal.Address,
        PublicAddressSource.Ec2 => FromEc2() ?? throw StartException.Setting(
            PublicAddressSource.Key,
            $"{source}",
            "the instance metadata service names no public IPv4 address within 5 s; give the instance an Elastic IP and let it use the service (version 2, hop limit 2 in containers), or set the address itself"),
        PublicAddressSource.Stun stun => StunQuery.Ask(stun.Host, stun.Port, Limit) ?? throw StartException.Setting(
            PublicAddressSource.Key,
            $"{source}",
            "that STUN server does not answer within 5 s; let UDP out to it, name another, or set the address itself"),
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    // The SDK's own client for the service: version 2, AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_EC2_METADATA_DISABLED.
    private static IPAddress? FromEc2()
    {
        var asking = Task.Run(() => EC2InstanceMetadata.GetData(Ec2Path, Ec2Tries));
        return asking.Wait(Limit) && IPAddress.TryParse(asking.Result?.Trim(), out var address) ? address : null;
    }
}
