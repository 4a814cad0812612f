using Ttm.Load.Clients;
using Ttm.Load.Measurement;
using Ttm.Net;
using Ttm.Rtc;

namespace Ttm.Bench.Turn;

/// <summary>
/// CPU of a TURN server's whole process per relayed packet, how many it relays with a window of packets always on the way, and what an allocation
/// with a channel adds to its resident memory: ours with either relay and coturn, one after the other, with the same clients, over UDP on loopback.
/// A packet to the peer is one, its echo another.
/// </summary>
internal static class TurnCost
{
    private const int PacedClients = 50;
    private const int FloodClients = 16;
    private const int Window = 16;
    private const int MemoryClients = 2000;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(6);

    private static readonly (string Name, Func<Task<TurnNodes>> Start, bool HasPeer)[] Servers =
    [
        ("in-process relay", () => Task.FromResult(TurnNodes.StartOwn("in-process")), false),
        ("relay sockets", () => Task.FromResult(TurnNodes.StartOwn("sockets")), true),
        ("coturn", TurnNodes.StartCoturnAsync, true),
    ];

    public static async Task RunAsync()
    {
        Console.WriteLine("| server | load | relayed packets/s | CPU per relayed packet | lost | round trip p50 / p99 |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | ---: |");
        foreach (var (name, start, hasPeer) in Servers)
        {
            using var node = await start();
            await MeasureAsync(name, node, hasPeer, isFlood: false);
            await MeasureAsync(name, node, hasPeer, isFlood: true);
        }

        Console.WriteLine();
        Console.WriteLine("| server | resident, no allocation | per allocation with a channel |");
        Console.WriteLine("| --- | ---: | ---: |");
        foreach (var (name, start, hasPeer) in Servers)
        {
            using var node = await start();
            await WeighAsync(name, node, hasPeer);
        }
    }

    private static async Task MeasureAsync(string name, TurnNodes node, bool hasPeer, bool isFlood)
    {
        var clock = new MediaClock(TimeProvider.System);
        var tally = new TurnTally();
        using var peer = new EchoPeer();
        using var loop = new ClientLoop("clients", clock, Console.Error.WriteLine);
        var clients = await OpenAsync(isFlood ? FloodClients : PacedClients, node, hasPeer ? peer.Address : node.Server, clock, tally);
        await loop.InvokeAsync(() => Begin(loop, clients, clock.Now, isFlood));
        var gauge = new ProcessGauge(node.ProcessId);

        await Task.Delay(Settling);
        await loop.InvokeAsync(() => tally.IsCounting = true);
        var before = (await gauge.SampleAsync(CancellationToken.None))!;
        await Task.Delay(Duration);
        var after = (await gauge.SampleAsync(CancellationToken.None))!;
        await loop.InvokeAsync(() => tally.IsCounting = false);
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        await loop.InvokeAsync(() => End(loop, clients, isFlood));

        long relayed = tally.Sent + tally.RoundTrip.Count;
        double microseconds = (Total(after) - Total(before)).TotalMicroseconds / relayed;
        Console.WriteLine(
            $"| {name} | {(isFlood ? $"{FloodClients} clients, {Window} packets on the way each" : $"{PacedClients} clients, a packet every 20 ms")} "
            + $"| {relayed / Duration.TotalSeconds:F0} | {microseconds:F2} µs | {tally.Sent - tally.RoundTrip.Count} "
            + $"| {tally.RoundTrip.Quantile(0.5).TotalMilliseconds:F3} / {tally.RoundTrip.Quantile(0.99).TotalMilliseconds:F3} ms |");
    }

    private static async Task WeighAsync(string name, TurnNodes node, bool hasPeer)
    {
        var clock = new MediaClock(TimeProvider.System);
        using var peer = new EchoPeer();
        var tally = new TurnTally();
        var target = hasPeer ? peer.Address : node.Server;
        var gauge = new ProcessGauge(node.ProcessId);

        // The first ones pay for code and tables.
        var warm = await OpenAsync(200, node, target, clock, tally);
        await Task.Delay(Settling);
        var before = (await gauge.SampleAsync(CancellationToken.None))!;
        var clients = await OpenAsync(MemoryClients, node, target, clock, tally);
        await Task.Delay(Settling);
        var after = (await gauge.SampleAsync(CancellationToken.None))!;
        Console.WriteLine($"| {name} | {before.ResidentBytes / 1048576.0:F1} MiB | {(after.ResidentBytes - before.ResidentBytes) / 1024.0 / MemoryClients:F2} KiB |");
        foreach (var client in clients.Concat(warm))
            client.Dispose();
    }

    private static async Task<List<TurnClient>> OpenAsync(int count, TurnNodes node, TransportAddress peer, MediaClock clock, TurnTally tally)
    {
        var clients = new List<TurnClient>();
        for (int number = 0; number < count; number++)
            clients.Add(await TurnClient.OpenAsync(node.Server, peer, clock, tally));
        return clients;
    }

    private static bool Begin(ClientLoop loop, List<TurnClient> clients, Instant now, bool isFlood)
    {
        for (int index = 0; index < clients.Count; index++)
        {
            loop.Add(clients[index]);
            if (isFlood)
                clients[index].Flood(Window);
            else
                loop.Pace(clients[index].Talker, now + (ClientLoop.PacketInterval * index / clients.Count));
        }

        return true;
    }

    private static bool End(ClientLoop loop, List<TurnClient> clients, bool isFlood)
    {
        foreach (var client in clients)
        {
            if (!isFlood)
                loop.Unpace(client.Talker);
            loop.Remove(client);
            client.Dispose();
        }

        return true;
    }

    private static TimeSpan Total(ServerSample sample) => sample.Threads.Values.Aggregate(TimeSpan.Zero, (sum, one) => sum + one);
}
