using Ttm.Testing;
using Ttm.Testing.Networking;

namespace Ttm.Rtc.Tests.Testing;

public sealed class VirtualNetworkTests
{
    private static readonly TransportAddress A = TransportAddress.FromIPv4(0x0A000001, 1_000);
    private static readonly TransportAddress B = TransportAddress.FromIPv4(0x0A000002, 2_000);
    private static readonly TransportAddress C = TransportAddress.FromIPv4(0x0A000003, 3_000);

    private readonly VirtualPeer _left = new();
    private readonly VirtualPeer _right = new();

    [Fact]
    public void RunUntil_GoodLink_DeliversInOrderAfterTheDelay()
    {
        var network = Connect(1, new LinkConditions { Delay = TimeSpan.FromMilliseconds(40) }, out _);
        var start = network.Now;
        for (int i = 0; i < 100; i++)
            _left.Send([(byte)i], B);
        network.RunUntil(() => _right.Received.Count == 100, TimeSpan.FromSeconds(1)).ShouldBeTrue();
        (network.Now - start).ShouldBe(TimeSpan.FromMilliseconds(40));
        _right.Received.Select(datagram => datagram.Bytes[0]).ShouldBe(Enumerable.Range(0, 100).Select(i => (byte)i));
        _right.Received.ShouldAllBe(datagram => datagram.From == A);
    }

    [Fact]
    public void RunUntil_ConditionNeverTrue_StopsAtTheLimit()
    {
        var network = Connect(1, LinkConditions.Good, out _);
        var start = network.Now;
        network.RunUntil(() => false, TimeSpan.FromHours(5)).ShouldBeFalse();
        (network.Now - start).ShouldBe(TimeSpan.FromHours(5));
    }

    [Fact]
    public void Send_BadLink_LosesDoublesAndReordersInTheGivenShares()
    {
        var conditions = new LinkConditions { Loss = 0.1, Duplication = 0.05, Reordering = 0.2, Delay = TimeSpan.FromMilliseconds(10) };
        var network = Connect(42, conditions, out _);
        SendPaced(network, 10_000);

        network.SentCount.ShouldBe(10_000);
        (network.LostCount / 10_000.0).ShouldBe(0.1, 0.01);
        ((network.DeliveredCount - 9_000) / 10_000.0).ShouldBe(0.045, 0.02);
        var numbers = _right.Received.Select(datagram => BitConverter.ToInt32(datagram.Bytes)).ToList();
        int overtaken = numbers.Zip(numbers.Skip(1)).Count(pair => pair.Second < pair.First);
        overtaken.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void Send_SameSeed_GivesTheSameRun()
    {
        var conditions = new LinkConditions { Loss = 0.2, Duplication = 0.2, Reordering = 0.2, Jitter = TimeSpan.FromMilliseconds(50) };
        List<string> Run(ulong seed)
        {
            _right.Received.Clear();
            var network = Connect(seed, conditions, out _);
            SendPaced(network, 500);
            return [.. _right.Received.Select(datagram => $"{BitConverter.ToInt32(datagram.Bytes)}@{datagram.At.Ticks}")];
        }

        var first = Run(5);
        Run(5).ShouldBe(first);
        Run(6).ShouldNotBe(first);
    }

    [Fact]
    public void Rebind_ChangesTheSourceAndClosesTheOldAddress()
    {
        var network = Connect(1, LinkConditions.Good, out var left);
        network.Rebind(left, C);
        _left.Send([1], B);
        _right.Send([2], A);
        _right.Send([3], C);
        network.RunFor(TimeSpan.FromSeconds(1));
        _right.Received.Single().From.ShouldBe(C);
        _left.Received.Single().Bytes.ShouldBe([3]);
        network.LostCount.ShouldBe(1);
    }

    [Fact]
    public void SetLink_OneDirectionCut_LeavesTheOther()
    {
        var network = Connect(1, LinkConditions.Good, out _);
        network.SetLink(A, B, LinkConditions.Cut);
        _left.Send([1], B);
        _right.Send([2], A);
        network.RunFor(TimeSpan.FromSeconds(1));
        _right.Received.ShouldBeEmpty();
        _left.Received.Count.ShouldBe(1);

        network.SetLink(A, B, null);
        _left.Send([1], B);
        network.RunFor(TimeSpan.FromSeconds(1));
        _right.Received.Count.ShouldBe(1);
    }

    [Fact]
    public void Send_FilterAndLength_Lose()
    {
        var network = Connect(1, new LinkConditions { MaxDatagram = 100 }, out _);
        network.Filter = datagram => datagram.Bytes[0] != 9;
        _left.Send([9], B);
        _left.Send(new byte[101], B);
        _left.Send([1], B);
        network.RunFor(TimeSpan.FromSeconds(1));
        _right.Received.Single().Bytes.ShouldBe([1]);
        network.LostCount.ShouldBe(2);
    }

    [Fact]
    public void Tick_AtTheInstantAskedFor_RunsScriptsAndTimersInOrder()
    {
        var network = Connect(1, LinkConditions.Good, out var left);
        List<string> log = [];
        var start = network.Now;
        _left.NextTick = start + TimeSpan.FromSeconds(2);
        _left.OnTick = now =>
        {
            log.Add($"tick {(now - start).TotalSeconds}");
            _left.NextTick = now + TimeSpan.FromSeconds(2);
        };
        network.After(TimeSpan.FromSeconds(3), () => log.Add("script"));
        network.After(TimeSpan.FromSeconds(5), () => network.Detach(left));
        network.RunFor(TimeSpan.FromSeconds(20));
        log.ShouldBe(["tick 2", "script", "tick 4"]);
    }

    [Fact]
    public void RunFor_APeerWhoseTimerNeverMovesOn_Throws()
    {
        var network = Connect(1, LinkConditions.Good, out _);
        _left.OnTick = now => _left.NextTick = now;
        _left.NextTick = network.Now;
        Should.Throw<InvalidOperationException>(() => network.RunFor(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Mutations_SameSeed_AreTheSameAndMostlyDiffer()
    {
        byte[] good = [.. Enumerable.Range(0, 50).Select(i => (byte)i)];
        var first = Mutations.Random(good, 500, 1).Select(Convert.ToHexString).ToList();
        Mutations.Random(good, 500, 1).Select(Convert.ToHexString).ShouldBe(first);
        first.Distinct().Count().ShouldBeGreaterThan(450);
        Mutations.Truncations(good).Count().ShouldBe(50);
        Mutations.BitFlips(good).Count().ShouldBe(400);
        _ = Mutations.Random([], 100, 1).Count();
    }

    private VirtualNetwork Connect(ulong seed, LinkConditions conditions, out VirtualEndpoint left)
    {
        var network = new VirtualNetwork(seed) { Conditions = conditions };
        left = network.Attach(_left, A);
        network.Attach(_right, B);
        return network;
    }

    private void SendPaced(VirtualNetwork network, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int number = i;
            network.After(TimeSpan.FromMilliseconds(i), () => _left.Send(BitConverter.GetBytes(number), B));
        }

        network.RunFor(TimeSpan.FromMilliseconds(count + 1_000));
    }
}
