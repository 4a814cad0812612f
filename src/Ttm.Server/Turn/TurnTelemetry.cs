using System.Diagnostics.Metrics;
using Ttm.Rtc;
using Ttm.Rtc.Stun;
using Ttm.Server.Operations;
using Ttm.Turn;

namespace Ttm.Server.Turn;

/// <summary>Shows what the TURN server counts; Prometheus names begin with <c>ttm_turn_</c>.</summary>
internal sealed class TurnTelemetry : IDisposable
{
    private static readonly (TurnTransport Transport, string Name)[] Transports =
        [(TurnTransport.Udp, "udp"), (TurnTransport.Tcp, "tcp"), (TurnTransport.Tls, "tls")];

    private readonly Meter _meter;
    private readonly TurnMetrics _turn;

    public TurnTelemetry(IMeterFactory meters, IEntrancePort port)
    {
        _turn = port.Metrics;
        _meter = meters.Create("Ttm.Turn");
        _meter.CreateObservableGauge("ttm.turn.allocations", () => ByTransport(one => one.Allocations), description: "TURN allocations, by the client's transport.");
        _meter.CreateObservableCounter("ttm.turn.allocations.made", () => ByTransport(one => one.AllocationsMade), description: "TURN allocations made.");
        _meter.CreateObservableCounter("ttm.turn.packets", () => ByDirection(one => one.PacketsFromClients, one => one.PacketsToClients), description: "Packets relayed.");
        _meter.CreateObservableCounter("ttm.turn.relayed", () => ByDirection(one => one.BytesFromClients, one => one.BytesToClients), "By", "Payload relayed.");
        _meter.CreateObservableCounter("ttm.turn.relay.packets", ByRelay, description: "Packets relayed, by the relay.");
        _meter.CreateObservableCounter("ttm.turn.authentication.failures", () => _turn.AuthenticationFailures, description: "Wrong passwords, unknown or expired users, bad nonces.");
        _meter.CreateObservableCounter("ttm.turn.refusals", Refusals, description: "Requests refused, by error code.");
        _meter.CreateObservableCounter("ttm.turn.dropped", Drops, description: "Datagrams of clients and peers that were dropped without an answer, by reason.");
        _meter.CreateObservableCounter("ttm.stun.bindings", () => _turn.BindingRequests, description: "STUN Binding requests of strangers.");
        _meter.CreateObservableGauge("ttm.tcp.connections", () => port.TcpConnections, description: "TCP and TLS connections of ICE-TCP and TURN.");
        _meter.CreateObservableCounter("ttm.tcp.dropped", () => port.TcpDropped, description: "Datagrams for TCP connections that were full or gone.");
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> ByTransport(Func<TransportMetrics, long> value) =>
        Transports.Select(one => new Measurement<long>(value(_turn[one.Transport]), Tag("transport", one.Name)));

    private IEnumerable<Measurement<long>> ByDirection(Func<TransportMetrics, long> fromClients, Func<TransportMetrics, long> toClients)
    {
        foreach (var (transport, name) in Transports)
        {
            yield return new(fromClients(_turn[transport]), Tag("transport", name), Tag("direction", "from_client"));
            yield return new(toClients(_turn[transport]), Tag("transport", name), Tag("direction", "to_client"));
        }
    }

    private Measurement<long>[] ByRelay() =>
        [new(_turn.InProcessPackets, Tag("relay", "in_process")), new(_turn.SocketPackets, Tag("relay", "socket"))];

    private IEnumerable<Measurement<long>> Refusals() => Enum.GetValues<StunErrorCode>()
        .Where(code => code != StunErrorCode.None)
        .Select(code => new Measurement<long>(_turn.Refused(code), Tag("code", (int)code)));

    private IEnumerable<Measurement<long>> Drops() => Enum.GetValues<DropReason>()
        .Where(reason => reason != DropReason.None)
        .Select(reason => new Measurement<long>(_turn.Dropped(reason), Tag("reason", MediaMetrics.Label(reason))));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
