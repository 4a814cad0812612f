using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Ttm.Rtc;
using Ttm.Server.Api.Node;
using Ttm.Sfu.Media;

namespace Ttm.Server.Operations;

/// <summary>Shows what the media loop counts.</summary>
internal sealed partial class MediaMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly MediaPort _port;
    private readonly (DropReason Reason, KeyValuePair<string, object?> Label)[] _reasons;

    public MediaMetrics(IMeterFactory meters, MediaPort port)
    {
        _port = port;
        _reasons = [.. Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None).Select(reason => (reason, new KeyValuePair<string, object?>("reason", Label(reason))))];
        _meter = meters.Create("Ttm.Media");
        _meter.CreateObservableGauge("ttm.sessions", Sessions, description: "Connections, by state and path.");
        _meter.CreateObservableGauge("ttm.handshakes.waiting", () => port.HandshakesWaiting, description: "Pieces of DTLS handshakes that wait for a worker.");
        _meter.CreateObservableCounter("ttm.datagrams.received", () => port.LoopCounters.Datagrams, description: "Datagrams that came to the media port.");
        _meter.CreateObservableCounter("ttm.packets.received", () => port.Counters.PacketsReceived, description: "RTP packets from teachers, decrypted.");
        _meter.CreateObservableCounter("ttm.packets.forwarded", () => port.Counters.PacketsForwarded, description: "RTP packets to listeners.");
        _meter.CreateObservableCounter("ttm.forwarded", () => port.Counters.BytesForwarded, "By", "RTP payload to listeners.");
        _meter.CreateObservableCounter("ttm.packets.silence", () => port.Counters.SilenceSent, description: "Packets of silence to students who do not listen.");
        _meter.CreateObservableCounter("ttm.packets.dropped", Drops, description: "Datagrams that were not used, by reason.");
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Sessions() =>
        from state in (RtcSessionState[])[RtcSessionState.Connecting, RtcSessionState.Connected]
        from path in Enum.GetValues<SessionPath>()
        select new Measurement<int>(
            _port.Sessions.Get(state, path),
            new KeyValuePair<string, object?>("state", state == RtcSessionState.Connected ? "connected" : "connecting"),
            new KeyValuePair<string, object?>("path", PathNames.Of(path) ?? "none"));

    private IEnumerable<Measurement<long>> Drops() => _reasons.Select(one => new Measurement<long>(_port.Counters.GetDrops(one.Reason), one.Label));

    public static string Label(DropReason reason) => Capital().Replace(reason.ToString(), "_$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();
}
