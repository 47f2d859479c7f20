using System.Net;
using System.Net.Sockets;

namespace ClipGuard.Fetching;

/// <summary>Tells addresses that only this machine or its own networks can reach, by IANA's registries of special-purpose addresses.</summary>
internal static class PrivateAddress
{
    private static readonly IPNetwork[] Networks =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(static text => IPNetwork.Parse(text)),
    ];

    // An IPv4 address stands in the last four bytes of the first, and from the third byte on in those of the second.
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Whether an address is private. IPv6 addresses that stand for one of IPv4 are what that is.</summary>
    public static bool Is(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            byte[] bytes = address.GetAddressBytes();
            address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
                : Nat64.Contains(address) ? new IPAddress(bytes.AsSpan(12, 4))
                : SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4))
                : address;
        }

        return Networks.Any(network => network.Contains(address));
    }
}
