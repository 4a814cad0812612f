using System.Buffers.Binary;
using System.Net;
using Ttm.Load.Clients;
using Ttm.Load.Measurement;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Bench.Turn;

/// <summary>What the clients of one run have seen; their loop's own.</summary>
internal sealed class TurnTally
{
    public bool IsCounting { get; set; }

    public long Sent { get; set; }

    public Histogram RoundTrip { get; } = new();
}

/// <summary>
/// A client with one allocation and one channel, whose peer sends everything back. Paced like a lesson's audio, or with a fixed number of packets
/// on the way at any time.
/// </summary>
internal sealed class TurnClient : IPolled, IDisposable
{
    private const ushort Channel = 0x4001;
    private const int Header = 4;
    private const int TriesUntilGone = 20;

    // An Opus packet of 20 ms behind its RTP header and SRTP tag.
    private const int PayloadLength = 110;

    private readonly MediaClock _clock;
    private readonly TurnTally _tally;
    private readonly TransportAddress _server;
    private readonly byte[] _id = new byte[12];
    private readonly Speech _talker;
    private byte[] _realm = [];
    private byte[] _nonce = [];
    private bool _keepsGoing;

    private TurnClient(TransportAddress server, MediaClock clock, TurnTally tally)
    {
        _server = server;
        _clock = clock;
        _tally = tally;
        _talker = new Speech(this);
    }

    public IDatagramSocket Socket { get; } = LoadClient.OpenSocket(IPAddress.Loopback);

    public Instant NextTick => Instant.Never;

    public int TimerIndex { get; set; } = -1;

    public Instant TimerDue { get; set; }

    /// <summary>To be paced by the loop that watches this client.</summary>
    public IPaced Talker => _talker;

    /// <summary>Allocates, and binds the channel to <paramref name="peer"/>.</summary>
    public static async Task<TurnClient> OpenAsync(TransportAddress server, TransportAddress peer, MediaClock clock, TurnTally tally)
    {
        var client = new TurnClient(server, clock, tally);
        byte[] challenge = await client.AskAsync(StunMethod.Allocate, peer);
        client.Learn(challenge);
        Expect(await client.AskAsync(StunMethod.Allocate, peer));
        Expect(await client.AskAsync(StunMethod.ChannelBind, peer));
        return client;
    }

    /// <summary>On the loop: so many packets are on the way from now on.</summary>
    public void Flood(int window)
    {
        _keepsGoing = true;
        for (int count = 0; count < window; count++)
            Send(_clock.Now);
    }

    private void Send(Instant now)
    {
        var buffer = Socket.GetSendBuffer();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, Channel);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], PayloadLength);
        BinaryPrimitives.WriteInt64BigEndian(buffer[Header..], now.Ticks);
        BinaryPrimitives.WriteInt32BigEndian(buffer[(Header + 8)..], _tally.IsCounting ? 1 : 0);
        if (_tally.IsCounting)
            _tally.Sent++;
        Socket.Send(Header + PayloadLength, _server);
        Socket.Flush();
    }

    public void Pump()
    {
        while (Socket.Receive(TimeSpan.Zero) > 0)
        {
            var datagram = Socket.GetReceived(0, out _);
            if (datagram.Length < Header + PayloadLength || datagram[0] < 0x40)
                continue;
            var now = _clock.Now;
            if (BinaryPrimitives.ReadInt32BigEndian(datagram[(Header + 8)..]) == 1)
                _tally.RoundTrip.Add(now - new Instant(BinaryPrimitives.ReadInt64BigEndian(datagram[Header..])));
            if (_keepsGoing)
                Send(now);
        }
    }

    public void Dispose() => Socket.Dispose();

    private async Task<byte[]> AskAsync(StunMethod method, TransportAddress peer)
    {
        SystemRandomness.Instance.Fill(_id);
        for (int tries = 0; tries < TriesUntilGone; tries++)
        {
            Write(method, peer);
            for (int waits = 0; waits < 50; waits++)
            {
                if (Socket.Receive(TimeSpan.Zero) > 0)
                    return Socket.GetReceived(0, out _).ToArray();
                await Task.Delay(1);
            }
        }

        throw new TimeoutException($"The TURN server does not answer {method}.");
    }

    private void Write(StunMethod method, in TransportAddress peer)
    {
        var writer = new StunWriter(Socket.GetSendBuffer(), method, StunClass.Request, _id);
        if (method == StunMethod.Allocate)
        {
            writer.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);
        }
        else
        {
            writer.WriteUInt32(StunAttribute.ChannelNumber, (uint)Channel << 16);
            writer.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
        }

        if (_nonce.Length > 0)
        {
            writer.Write(StunAttribute.Username, System.Text.Encoding.UTF8.GetBytes(TurnNodes.User));
            writer.Write(StunAttribute.Realm, _realm);
            writer.Write(StunAttribute.Nonce, _nonce);
            writer.WriteMessageIntegrity(StunLongTermKey.Derive(
                StunPasswordAlgorithm.Md5, TurnNodes.User, System.Text.Encoding.UTF8.GetString(_realm), TurnNodes.Password));
        }

        Socket.Send(writer.Length, _server);
        Socket.Flush();
    }

    private void Learn(byte[] challenge)
    {
        if (!StunMessage.TryParse(challenge, out var message) || !message.TryGetAttribute(StunAttribute.Nonce, out var nonce)
            || !message.TryGetAttribute(StunAttribute.Realm, out var realm))
        {
            throw new InvalidOperationException("The TURN server has not asked for credentials.");
        }

        _nonce = nonce.ToArray();
        _realm = realm.ToArray();
    }

    private static void Expect(byte[] answer)
    {
        if (!StunMessage.TryParse(answer, out var message) || message.Class != StunClass.SuccessResponse)
            throw new InvalidOperationException($"The TURN server refused: {Convert.ToHexString(answer)}");
    }

    private sealed class Speech(TurnClient client) : IPaced
    {
        public int TimerIndex { get; set; } = -1;

        public Instant TimerDue { get; set; }

        public void Send(Instant now) => client.Send(now);
    }
}

/// <summary>The peer that sends everything back, on a thread of its own and by the batch.</summary>
internal sealed class EchoPeer : IDisposable
{
    private readonly IDatagramSocket _socket = MediaSocket.Open(IPAddress.Loopback, 0);
    private readonly Thread _thread;
    private volatile bool _stopping;

    public EchoPeer()
    {
        _thread = new Thread(Run) { Name = "echo peer", IsBackground = true };
        _thread.Start();
    }

    public TransportAddress Address => TransportAddress.From(IPAddress.Loopback, _socket.Port);

    public void Dispose()
    {
        _stopping = true;
        _socket.Wake();
        _thread.Join();
        _socket.Dispose();
    }

    private void Run()
    {
        ThreadNice.Raise();
        while (!_stopping)
        {
            int count = _socket.Receive(TimeSpan.FromSeconds(1));
            for (int index = 0; index < count; index++)
            {
                var datagram = _socket.GetReceived(index, out var from);
                datagram.CopyTo(_socket.GetSendBuffer());
                _socket.Send(datagram.Length, from);
            }

            _socket.Flush();
        }
    }
}
