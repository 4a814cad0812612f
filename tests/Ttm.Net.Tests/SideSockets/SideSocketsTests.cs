using System.Net;
using System.Net.Sockets;
using Ttm.Net.SideSockets;
using Ttm.Rtc;

namespace Ttm.Net.Tests.SideSockets;

public sealed class SideSocketsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sockets_OfBothFamilies_EchoEverythingThatIsSent(bool portable)
    {
        using var echo = new Echo(portable);
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            bool isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
            var tag = TransportAddress.From(address, 4711);
            var socket = (await echo.Loop.InvokeAsync(_ => echo.Sockets.TryOpen(isIPv4, 0, tag)))!;
            using var client = new UdpClient(address.AddressFamily);
            client.Client.ReceiveBufferSize = 1 << 20;
            client.Connect(address, socket.Port);
            await client.SendAsync(new byte[DatagramLimits.BufferLength + 1]);
            await client.SendAsync(Array.Empty<byte>());
            (await ReceiveAsync(client)).ShouldBeEmpty();
            for (int burst = 0; burst < 3; burst++)
            {
                // More than are taken in a row, in one go and after a pause.
                for (int i = 0; i < 100; i++)
                    await client.SendAsync(new byte[] { (byte)i });
                for (int i = 0; i < 100; i++)
                    (await ReceiveAsync(client)).ShouldBe(new byte[] { (byte)i });
            }

            echo.LastTag.ShouldBe(tag);
            await echo.Loop.InvokeAsync(_ =>
            {
                socket.Send([1], TransportAddress.From(IPAddress.Loopback, 9), dontFragment: true).ShouldBe(isIPv4);
                socket.Dispose();
                socket.Dispose();
                socket.Send([1], TransportAddress.From(address, 9), dontFragment: false).ShouldBeFalse();
                return true;
            });
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TryOpen_APortThatIsTaken_IsNullUntilItIsFree(bool portable)
    {
        using var echo = new Echo(portable);
        await echo.Loop.InvokeAsync(_ =>
        {
            var first = echo.Sockets.TryOpen(true, 0, default)!;
            echo.Sockets.TryOpen(true, first.Port, default).ShouldBeNull();
            first.Dispose();
            using var again = echo.Sockets.TryOpen(true, first.Port, default);
            again.ShouldNotBeNull();
            return true;
        });
    }

    private static async Task<byte[]> ReceiveAsync(UdpClient client)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return (await client.ReceiveAsync(timeout.Token)).Buffer;
    }

    private sealed class Echo : IDatagramHandler, IDisposable
    {
        private readonly List<SideSocket> _opened = [];

        public Echo(bool portable)
        {
            Loop = new UdpLoop(new PortableSocket(IPAddress.Loopback, 0), new MediaClock(TimeProvider.System), this, _ => { });
            Sockets = new Net.SideSockets.SideSockets(Loop, OnDatagram, portable);
            Loop.Start();
        }

        public UdpLoop Loop { get; }

        public Net.SideSockets.SideSockets Sockets { get; }

        public TransportAddress LastTag { get; private set; }

        public Instant NextTick => Instant.Never;

        public void Dispose()
        {
            Loop.Dispose();
            _opened.ForEach(socket => socket.Dispose());
            Sockets.Dispose();
        }

        void IDatagramHandler.OnDatagram(Span<byte> datagram, in TransportAddress from, Instant now)
        {
        }

        void IDatagramHandler.OnTick(Instant now)
        {
        }

        private void OnDatagram(SideSocket socket, Span<byte> datagram, in TransportAddress from, Instant now)
        {
            if (!_opened.Contains(socket))
                _opened.Add(socket);
            LastTag = socket.Tag;
            socket.Send(datagram, from, dontFragment: false);
        }
    }
}
