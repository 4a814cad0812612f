using System.Net;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;

namespace Ttm.Testing;

/// <summary>A client on a real UDP socket of loopback, pumped by hand.</summary>
public sealed class UdpRtcClient(bool publishes, DtlsCertificate certificate, IRandomness randomness, MediaClock clock)
    : RtcSocketClient(MediaSocket.Open(IPAddress.Loopback, 0), publishes, certificate, randomness, clock)
{
    /// <summary>Loopback reaches loopback alone: other candidates would only cost time.</summary>
    public override void ApplyAnswer(string answer) => base.ApplyAnswer(string.Join(
        "\r\n",
        answer.Split("\r\n").Where(line => !line.StartsWith("a=candidate:", StringComparison.Ordinal) || line.Contains(" 127."))));
}
