using System.Net;
using System.Security.Cryptography;
using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Turn.Tests;

/// <summary>A server on a virtual clock, whose output is kept.</summary>
internal sealed class TurnFixture : ITurnOutput, IRelaySockets, IRandomness
{
    public const ushort MediaPort = 3478;
    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly TransportAddress Media = TransportAddress.From(IPEndPoint.Parse("198.51.100.1:3478"));
    public static readonly TransportAddress MediaIPv6 = TransportAddress.From(IPEndPoint.Parse("[2001:db8::1]:3478"));
    private readonly Random _random = new(8656);

    public TurnFixture(TurnOptions? options = null, bool withIPv6 = true)
    {
        Options = options ?? new TurnOptions { Users = new Dictionary<string, string> { ["teacher"] = "sesame" } };
        Options.Validate().ShouldBeEmpty();
        Credentials = new TurnCredentials(Options, this);
        IPAddress[] addresses = withIPv6
            ? [IPAddress.Parse("198.51.100.1"), IPAddress.Parse("2001:db8::1")]
            : [IPAddress.Parse("198.51.100.1")];
        var host = new TurnHost { PublicAddresses = addresses, OwnAddresses = [IPAddress.Loopback], MediaPort = MediaPort, Epoch = Epoch };
        Server = new TurnServer(Options, Credentials, host, this, this, this);
    }

    public TurnOptions Options { get; }

    public TurnCredentials Credentials { get; }

    public TurnServer Server { get; }

    public Instant Now { get; set; } = new(TimeSpan.TicksPerHour);

    public List<(byte[] Datagram, TransportAddress To)> ToClients { get; } = [];

    public List<(byte[] Payload, TransportAddress From)> ToMedia { get; } = [];

    public List<FakeSocket> Sockets { get; } = [];

    public HashSet<ushort> BusyPorts { get; } = [];

    public Action<byte[], TransportAddress>? OnMedia { get; set; }

    public TestClient NewClient(string address = "203.0.113.5:40000", string user = "teacher", string password = "sesame") =>
        new(this, TransportAddress.From(IPEndPoint.Parse(address)), user, password);

    public void SendToClient(ReadOnlySpan<byte> datagram, in TransportAddress client) => ToClients.Add((datagram.ToArray(), client));

    public void DeliverToMedia(Span<byte> payload, in TransportAddress virtualPeer, Instant now)
    {
        ToMedia.Add((payload.ToArray(), virtualPeer));
        OnMedia?.Invoke(payload.ToArray(), virtualPeer);
    }

    public IRelaySocket? TryOpen(in TransportAddress relayed)
    {
        if (BusyPorts.Contains(relayed.Port))
            return null;
        var socket = new FakeSocket(relayed);
        Sockets.Add(socket);
        return socket;
    }

    public void Fill(Span<byte> destination) => _random.NextBytes(destination);

    public void Advance(TimeSpan by)
    {
        Now += by;
        Server.Tick(Now);
    }

    internal sealed class FakeSocket(TransportAddress relayed) : IRelaySocket
    {
        public TransportAddress Relayed { get; } = relayed;

        public List<(byte[] Payload, TransportAddress Peer, bool DontFragment)> Sent { get; } = [];

        public bool IsDisposed { get; private set; }

        public void Send(ReadOnlySpan<byte> payload, in TransportAddress peer, bool dontFragment) =>
            Sent.Add((payload.ToArray(), peer, dontFragment));

        public void Dispose() => IsDisposed = true;
    }
}

internal delegate void WriteAttributes(ref StunWriter writer);

/// <summary>An answer, taken apart.</summary>
internal sealed record Answer(StunClass Class, StunErrorCode Error, byte[] Datagram)
{
    public bool IsSuccess => Class == StunClass.SuccessResponse;

    public TransportAddress Relayed => Address(StunAttribute.XorRelayedAddress);

    public uint Lifetime => Message().TryGetUInt32(StunAttribute.Lifetime, out uint value) ? value : uint.MaxValue;

    public StunMessage Message() => StunMessage.TryParse(Datagram, out var message) ? message : throw new InvalidOperationException();

    public TransportAddress Address(StunAttribute type) => Message().TryGetXorAddress(type, out var address) ? address : default;

    public byte[] Value(StunAttribute type) => Message().TryGetAttribute(type, out var value) ? value.ToArray() : [];
}

/// <summary>A client that does the long-term mechanism by hand.</summary>
internal sealed class TestClient(TurnFixture fixture, TransportAddress address, string user, string password)
{
    private byte[] _nonce = [];
    private uint _transactions = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);

    public TransportAddress Address => address;

    public bool UseSha256 { get; set; }

    public bool UseUserHash { get; set; }

    public bool WithFingerprint { get; set; }

    public StunPasswordAlgorithm Algorithm { get; set; }

    public string Realm { get; set; } = "thinkthroughmath.com";

    public byte[] TransactionId { get; private set; } = new byte[12];

    public byte[] Nonce
    {
        get => _nonce;
        set => _nonce = value;
    }

    /// <summary>Asks for a nonce first where there is none yet.</summary>
    public Answer Request(StunMethod method, WriteAttributes? attributes = null, bool sameTransaction = false)
    {
        if (_nonce.Length == 0)
            _nonce = Send(Unauthenticated(method, attributes)).Value(StunAttribute.Nonce);
        return Send(Authenticated(method, attributes, sameTransaction));
    }

    public Answer Allocate(WriteAttributes? more = null) => Request(StunMethod.Allocate, Transport(more));

    public static WriteAttributes Transport(WriteAttributes? more = null) => (ref StunWriter writer) =>
    {
        writer.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);
        more?.Invoke(ref writer);
    };

    public Answer Permit(params TransportAddress[] peers) => Request(StunMethod.CreatePermission, (ref StunWriter writer) =>
    {
        foreach (var peer in peers)
            writer.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
    });

    public Answer Bind(ushort channel, TransportAddress peer) => Request(StunMethod.ChannelBind, (ref StunWriter writer) =>
    {
        writer.WriteUInt32(StunAttribute.ChannelNumber, (uint)channel << 16);
        writer.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
    });

    public Answer Refresh(uint seconds, int family = 0) => Request(StunMethod.Refresh, (ref StunWriter writer) =>
    {
        writer.WriteUInt32(StunAttribute.Lifetime, seconds);
        if (family != 0)
            writer.WriteUInt32(StunAttribute.RequestedAddressFamily, (uint)family << 24);
    });

    public DropReason SendIndication(TransportAddress peer, byte[] payload, bool dontFragment = false)
    {
        byte[] buffer = new byte[2048];
        var writer = new StunWriter(buffer, StunMethod.Send, StunClass.Indication, TransactionId);
        writer.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
        if (dontFragment)
            writer.WriteFlag(StunAttribute.DontFragment);
        writer.Write(StunAttribute.Data, payload);
        return fixture.Server.Receive(buffer.AsSpan(0, writer.Length), address, fixture.Now);
    }

    public DropReason SendChannel(ushort number, byte[] payload)
    {
        byte[] buffer = new byte[2048];
        int length = ChannelData.Write(buffer, number, payload);
        return fixture.Server.Receive(buffer.AsSpan(0, length), address, fixture.Now);
    }

    public byte[] Unauthenticated(StunMethod method, WriteAttributes? attributes)
    {
        byte[] buffer = new byte[1024];
        NextTransaction();
        var writer = new StunWriter(buffer, method, StunClass.Request, TransactionId);
        attributes?.Invoke(ref writer);
        return buffer[..writer.Length];
    }

    public byte[] Authenticated(StunMethod method, WriteAttributes? attributes, bool sameTransaction = false)
    {
        byte[] buffer = new byte[2048];
        if (!sameTransaction)
            NextTransaction();
        var writer = new StunWriter(buffer, method, StunClass.Request, TransactionId);
        attributes?.Invoke(ref writer);
        if (UseUserHash)
        {
            byte[] hash = new byte[32];
            StunLongTermKey.WriteUserHash(System.Text.Encoding.UTF8.GetBytes(user), System.Text.Encoding.UTF8.GetBytes(Realm), hash);
            writer.Write(StunAttribute.UserHash, hash);
        }
        else
        {
            writer.Write(StunAttribute.Username, System.Text.Encoding.UTF8.GetBytes(user));
        }

        writer.Write(StunAttribute.Realm, System.Text.Encoding.UTF8.GetBytes(Realm));
        writer.Write(StunAttribute.Nonce, _nonce);
        if (Algorithm != StunPasswordAlgorithm.None)
        {
            writer.Write(StunAttribute.PasswordAlgorithms, [0, 2, 0, 0, 0, 1, 0, 0]);
            writer.Write(StunAttribute.PasswordAlgorithm, [0, (byte)Algorithm, 0, 0]);
        }

        if (UseSha256)
            writer.WriteMessageIntegritySha256(Key);
        else
            writer.WriteMessageIntegrity(Key);
        if (WithFingerprint)
            writer.WriteFingerprint();
        return buffer[..writer.Length];
    }

    public byte[] Key => StunLongTermKey.Derive(
        Algorithm == StunPasswordAlgorithm.Sha256 ? StunPasswordAlgorithm.Sha256 : StunPasswordAlgorithm.Md5, user, Realm, password);

    /// <summary>The one answer to a datagram; throws where there is none.</summary>
    public Answer Send(byte[] datagram)
    {
        int before = fixture.ToClients.Count;
        fixture.Server.Receive(datagram, address, fixture.Now).ShouldBe(DropReason.None);
        fixture.ToClients.Count.ShouldBe(before + 1);
        var (answer, to) = fixture.ToClients[before];
        to.ShouldBe(address);
        StunMessage.TryParse(answer, out var message).ShouldBeTrue();
        message.TransactionId.SequenceEqual(datagram.AsSpan(8, 12)).ShouldBeTrue();
        message.TryGetErrorCode(out var error, out _);
        return new Answer(message.Class, error, answer);
    }

    private void NextTransaction()
    {
        TransactionId = new byte[12];
        BitConverter.TryWriteBytes(TransactionId, ++_transactions);
    }
}
