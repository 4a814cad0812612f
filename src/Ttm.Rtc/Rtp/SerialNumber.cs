namespace Ttm.Rtc.Rtp;

/// <summary>
/// Serial number arithmetic (RFC 1982 section 3.2) for sequence numbers and timestamps, which wrap. Of two numbers exactly half a
/// circle apart, which RFC 1982 leaves open, neither is newer.
/// </summary>
public static class SerialNumber
{
    /// <summary>How far <paramref name="to"/> lies ahead of <paramref name="from"/>: −32768 to 32767.</summary>
    public static int Distance(ushort from, ushort to) => (short)(ushort)(to - from);

    /// <summary>How far <paramref name="to"/> lies ahead of <paramref name="from"/>: −2^31 to 2^31−1.</summary>
    public static int Distance(uint from, uint to) => (int)(to - from);

    public static bool IsNewer(ushort number, ushort than) => Distance(than, number) > 0;

    public static bool IsNewer(uint number, uint than) => Distance(than, number) > 0;
}
