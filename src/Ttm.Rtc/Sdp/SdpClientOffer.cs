using System.Text;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Ice;

namespace Ttm.Rtc.Sdp;

/// <summary>The offer of one of our own WHIP or WHEP clients: one audio m-line, as a browser makes it.</summary>
public sealed record SdpClientOffer
{
    /// <summary><see cref="SdpDirection.SendOnly"/> to publish, <see cref="SdpDirection.RecvOnly"/> to listen.</summary>
    public required SdpDirection Direction { get; init; }

    public required ulong SessionId { get; init; }

    public required IceCredentials Ice { get; init; }

    public required DtlsFingerprint Fingerprint { get; init; }

    /// <summary>None are needed towards a lite server.</summary>
    public IReadOnlyList<IceCandidate> Candidates { get; init; } = [];

    /// <summary>What is sent; needed with <see cref="SdpDirection.SendOnly"/>.</summary>
    public SdpSource? Source { get; init; }

    public string Mid { get; init; } = "0";

    public byte PayloadType { get; init; } = 111;

    public byte? MidExtensionId { get; init; } = 4;

    public byte? AudioLevelExtensionId { get; init; } = 1;

    public SdpSetup Setup { get; init; } = SdpSetup.ActPass;

    public bool UseDtx { get; init; }

    /// <summary>The SDP, with CRLF.</summary>
    public string Write()
    {
        var writer = new SdpAudioWriter
        {
            SessionId = SessionId,
            Mid = Mid,
            Protocol = "UDP/TLS/RTP/SAVPF",
            Direction = Direction,
            PayloadType = PayloadType,
            MidExtensionId = MidExtensionId,
            AudioLevelExtensionId = AudioLevelExtensionId,
            Ice = Ice,
            Candidates = Candidates,
            Fingerprint = Fingerprint,
            Setup = Setup,
            IsBundled = Mid.Length > 0,
            ReducedSizeRtcp = true,
            UseDtx = UseDtx,
            Source = Source,
        };
        var sdp = new StringBuilder(1024);
        writer.WriteSession(sdp);
        writer.WriteMedia(sdp);
        return sdp.ToString();
    }
}
