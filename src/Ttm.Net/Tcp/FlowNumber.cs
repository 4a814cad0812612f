namespace Ttm.Net.Tcp;

/// <summary>
/// Numbers of TCP connections, as they stand in <see cref="Rtc.TransportAddress.Flow"/>: the highest bit tells TLS from plain TCP.
/// </summary>
public static class FlowNumber
{
    private const uint TlsBit = 0x8000_0000;

    public static bool IsTls(uint number) => (number & TlsBit) != 0;

    /// <param name="sequence">1, 2, 3 … of all connections; its highest bit is not used.</param>
    public static uint Of(uint sequence, bool isTls) => isTls ? sequence | TlsBit : sequence & ~TlsBit;
}
