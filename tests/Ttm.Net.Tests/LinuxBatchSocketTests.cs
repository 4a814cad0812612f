using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Ttm.Rtc;
using Ttm.Testing.Facts;

namespace Ttm.Net.Tests;

/// <summary>What <see cref="UdpLoopTests"/> do not ask of every socket.</summary>
[SupportedOSPlatform("linux")]
public sealed class LinuxBatchSocketTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // The kernel's stamps are of the wall clock, which is steered.
    private static readonly TimeSpan Drift = TimeSpan.FromMilliseconds(1);

    /// <summary>All of 127/8 is this machine's.</summary>
    [LinuxTheory]
    [InlineData("127.0.0.2")]
    [InlineData("127.0.0.3")]
    [InlineData("127.1.2.3")]
    [InlineData("::1")]
    public void Send_ToWhereADatagramCameFrom_LeavesFromTheAddressItCameTo(string local)
    {
        using var socket = new LinuxBatchSocket(null, 0);
        var address = IPAddress.Parse(local);
        using var client = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        client.Bind(new IPEndPoint(address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : address, 0));
        client.ReceiveTimeout = 5000;
        client.SendTo([1], new IPEndPoint(address, socket.Port));
        Echo(socket);
        EndPoint from = new IPEndPoint(address, 0);
        client.ReceiveFrom(new byte[10], ref from);
        from.ShouldBe(new IPEndPoint(address, socket.Port));
    }

    [LinuxFact]
    public void GetReceived_OneClientAtTwoLocalAddresses_TellsThePathsApart()
    {
        using var socket = new LinuxBatchSocket(null, 0);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var seen = new List<TransportAddress>();
        foreach (string local in new[] { "127.0.0.2", "127.0.0.3", "127.0.0.2" })
        {
            client.SendTo([1], new IPEndPoint(IPAddress.Parse(local), socket.Port));
            seen.Add(Receive(socket));
        }

        seen[0].ShouldBe(seen[2]);
        seen[0].ShouldNotBe(seen[1]);
        seen[0].ToIPEndPoint().ShouldBe(seen[1].ToIPEndPoint());
        socket.Send(1, TransportAddress.From((IPEndPoint)client.LocalEndPoint!));
        socket.Flush().ShouldBe(0);
    }

    [LinuxTheory]
    [InlineData(null)]
    [InlineData("127.0.0.1")]
    public void Waited_OfADatagramThatLay_IsSinceItCame(string? bound)
    {
        using var socket = new LinuxBatchSocket(bound is null ? null : IPAddress.Parse(bound), 0);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        long before = TimeProvider.System.GetTimestamp();
        client.SendTo([1], new IPEndPoint(IPAddress.Loopback, socket.Port));
        long sent = TimeProvider.System.GetTimestamp();
        SpinWait.SpinUntil(() => TimeProvider.System.GetElapsedTime(sent) > TimeSpan.FromMilliseconds(40));
        client.SendTo([2], new IPEndPoint(IPAddress.Loopback, socket.Port));
        var atLeast = TimeProvider.System.GetElapsedTime(sent);
        socket.Receive(Patience).ShouldBe(2);
        socket.Waited.ShouldBeInRange(atLeast - Drift, TimeProvider.System.GetElapsedTime(before) + Drift);

        client.SendTo([3], new IPEndPoint(IPAddress.Loopback, socket.Port));
        socket.Receive(Patience).ShouldBe(1);
        socket.Waited.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [LinuxTheory]
    [InlineData(null)]
    [InlineData("127.0.0.1")]
    public void ReceiveAndSend_InSteadyState_AllocateNothing(string? bound)
    {
        using var socket = new LinuxBatchSocket(bound is null ? null : IPAddress.Parse(bound), 0);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.Connect(IPAddress.Loopback, socket.Port);
        byte[] buffer = new byte[100];
        for (int turn = 0; turn < 200; turn++)
            RoundTrip(socket, client, buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int turn = 0; turn < 1000; turn++)
            RoundTrip(socket, client, buffer);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [LinuxFact]
    public void Pause_AWake_EndsIt()
    {
        using var socket = new LinuxBatchSocket(null, 0);
        socket.Wake();
        long start = TimeProvider.System.GetTimestamp();
        socket.Pause(TimeSpan.FromSeconds(30));
        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static void RoundTrip(LinuxBatchSocket socket, Socket client, byte[] buffer)
    {
        client.Send(buffer);
        Echo(socket);
        client.Receive(buffer);
    }

    private static void Echo(LinuxBatchSocket socket)
    {
        var from = Receive(socket);
        socket.GetSendBuffer()[0] = 2;
        socket.Send(1, from);
        socket.Flush();
    }

    private static TransportAddress Receive(LinuxBatchSocket socket)
    {
        int count = socket.Receive(Patience);
        if (count != 1)
            throw new InvalidOperationException($"{count} datagrams");
        socket.GetReceived(0, out var from);
        return from;
    }
}
