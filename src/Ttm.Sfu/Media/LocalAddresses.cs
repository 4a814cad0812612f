using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Ttm.Sfu.Media;

/// <summary>The machine's own addresses, for candidates where none are configured.</summary>
public static class LocalAddresses
{
    /// <summary>Addresses that others can reach first; loopback last, for browsers on this machine.</summary>
    public static IReadOnlyList<IPAddress> Find() =>
        [.. NetworkInterface.GetAllNetworkInterfaces()
            .Where(nic => nic.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(nic => nic.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(IsUsable)
            .Distinct()
            .OrderBy(IPAddress.IsLoopback)
            .ThenBy(address => address.AddressFamily == AddressFamily.InterNetworkV6)];

    private static bool IsUsable(IPAddress address) =>
        !address.IsIPv6LinkLocal && !address.IsIPv6Multicast
        && (address.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6);
}
