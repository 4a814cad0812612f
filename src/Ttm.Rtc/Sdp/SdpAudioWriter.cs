using System.Globalization;
using System.Text;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Ice;

namespace Ttm.Rtc.Sdp;

/// <summary>Writes the session level and an audio m-section, for answers and for our own offers alike; the mirror of <see cref="SdpAudioReader"/>.</summary>
internal sealed record SdpAudioWriter
{
    public required ulong SessionId { get; init; }

    public required string Mid { get; init; }

    public required string Protocol { get; init; }

    public required SdpDirection Direction { get; init; }

    public required byte PayloadType { get; init; }

    public byte? MidExtensionId { get; init; }

    public byte? AudioLevelExtensionId { get; init; }

    public required IceCredentials Ice { get; init; }

    public bool IsIceLite { get; init; }

    public required IReadOnlyList<IceCandidate> Candidates { get; init; }

    public required DtlsFingerprint Fingerprint { get; init; }

    public required SdpSetup Setup { get; init; }

    public bool IsBundled { get; init; }

    public bool ReducedSizeRtcp { get; init; }

    public bool UseDtx { get; init; }

    public int? MaxAverageBitrate { get; init; }

    public SdpSource? Source { get; init; }

    public void WriteSession(StringBuilder sdp)
    {
        Line(sdp, "v=0");
        Line(sdp, $"o=- {SessionId & long.MaxValue} 1 IN IP4 127.0.0.1");
        Line(sdp, "s=-");
        Line(sdp, "t=0 0");
        if (IsBundled)
            Line(sdp, $"a=group:BUNDLE {Mid}");
        if (IsIceLite)
            Line(sdp, "a=ice-lite");
        Line(sdp, "a=ice-options:ice2 trickle");
        if (Source is { } source)
            Line(sdp, $"a=msid-semantic: WMS {source.StreamId}");
    }

    public void WriteMedia(StringBuilder sdp)
    {
        WriteDestination(sdp);
        if (Mid.Length > 0)
            Line(sdp, $"a=mid:{Mid}");
        Line(sdp, $"a={SdpWords.Of(Direction)}");
        Line(sdp, $"a=ice-ufrag:{Ice.Ufrag}");
        Line(sdp, $"a=ice-pwd:{Ice.Password}");
        Line(sdp, $"a=fingerprint:{Fingerprint}");
        Line(sdp, $"a=setup:{SdpWords.Of(Setup)}");
        Line(sdp, "a=rtcp-mux");
        if (ReducedSizeRtcp)
            Line(sdp, "a=rtcp-rsize");
        if (AudioLevelExtensionId is { } level)
            Line(sdp, $"a=extmap:{level} {SdpAudioReader.AudioLevelUri}");
        if (MidExtensionId is { } mid)
            Line(sdp, $"a=extmap:{mid} {SdpAudioReader.MidUri}");
        Line(sdp, $"a=rtpmap:{PayloadType} opus/48000/2");
        WriteParameters(sdp);
        if (Source is { } source)
        {
            Line(sdp, $"a=msid:{source.StreamId} {source.TrackId}");
            Line(sdp, $"a=ssrc:{source.Ssrc} cname:{source.Cname}");
        }

        foreach (var candidate in Candidates)
            Line(sdp, $"a={candidate.Write()}");
        if (Candidates.Count > 0)
            Line(sdp, "a=end-of-candidates");
    }

    internal static void Line(StringBuilder sdp, FormattableString line) => sdp.Append(line.ToString(CultureInfo.InvariantCulture)).Append("\r\n");

    internal static void Line(StringBuilder sdp, string line) => sdp.Append(line).Append("\r\n");

    /// <summary>The default destination is the first UDP candidate; 9 and 0.0.0.0 say that it is not known (RFC 8839 section 4.2.1.2, RFC 8840 section 4.1.1).</summary>
    private void WriteDestination(StringBuilder sdp)
    {
        var first = Candidates.FirstOrDefault(candidate => candidate.Transport == IceTransport.Udp);
        string address = first?.Address ?? "0.0.0.0";
        Line(sdp, $"m=audio {first?.Port ?? 9} {Protocol} {PayloadType}");
        Line(sdp, $"c=IN {(address.Contains(':', StringComparison.Ordinal) ? "IP6" : "IP4")} {address}");
    }

    private void WriteParameters(StringBuilder sdp)
    {
        string dtx = UseDtx ? ";usedtx=1" : "";
        string bitrate = MaxAverageBitrate is { } bits ? $";maxaveragebitrate={bits}" : "";
        Line(sdp, $"a=fmtp:{PayloadType} minptime=10;useinbandfec=1{dtx}{bitrate}");
    }
}
