using System.Net;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Stun;

namespace Ttm.Rtc.Tests.Ice;

/// <summary>A lite agent, a clock and a hand-made client.</summary>
internal sealed class IceLiteHarness
{
    public static readonly IceCredentials Server = new("servUFRG", "serverPassword+24/chars1");
    public static readonly IceCredentials Client = new("cliU", "clientpassword+22chars");
    public static readonly TransportAddress First = Address(1);
    public static readonly TransportAddress Second = Address(2);

    private readonly byte[] _buffer = new byte[1500];
    private int _transactions;

    public IceLiteHarness(IceLiteOptions? options = null) => Agent = new IceLiteAgent(Server, Client, default, options);

    public IceLiteAgent Agent { get; }

    public Instant Now { get; private set; }

    /// <summary>What the agent said last: empty where it said nothing.</summary>
    public byte[] Answer { get; private set; } = [];

    public TransportAddress AnsweredTo { get; private set; }

    public static TransportAddress Address(int number) => TransportAddress.From(IPAddress.Parse("198.51.100.7"), 10_000 + number);

    public void After(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        Agent.Tick(Now);
    }

    public DropReason Check(TransportAddress from, bool nominate = false) => Send(Request(nominate: nominate), from);

    public DropReason Check(TransportAddress from, IceCredentials server, IceCredentials client, bool nominate = false) =>
        Send(Request($"{server.Ufrag}:{client.Ufrag}", server.Password, nominate), from);

    public DropReason Send(byte[] datagram, TransportAddress from)
    {
        var reason = Agent.Receive(datagram, from, Now);
        bool taken = Agent.TryTakeDatagram(_buffer, out int length, out var to);
        Answer = taken ? _buffer[..length] : [];
        AnsweredTo = to;
        Agent.TryTakeDatagram(_buffer, out _, out _).ShouldBeFalse("one answer at most");
        return reason;
    }

    public byte[] Request(
        string? username = null,
        string? password = null,
        bool nominate = false,
        StunAttribute role = StunAttribute.IceControlling,
        StunAttribute? extra = null)
    {
        byte[] buffer = new byte[512];
        var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, NextTransaction());
        writer.Write(StunAttribute.Username, System.Text.Encoding.ASCII.GetBytes(username ?? $"{Server.Ufrag}:{Client.Ufrag}"));
        writer.WriteUInt32(StunAttribute.Priority, 1);
        writer.WriteUInt64(role, 42);
        if (nominate)
            writer.WriteFlag(StunAttribute.UseCandidate);
        if (extra is { } type)
            writer.WriteFlag(type);
        writer.WriteMessageIntegrity(System.Text.Encoding.ASCII.GetBytes(password ?? Server.Password));
        writer.WriteFingerprint();
        return buffer[..writer.Length];
    }

    public byte[] NextTransaction()
    {
        byte[] id = new byte[12];
        BitConverter.TryWriteBytes(id, ++_transactions).ShouldBeTrue();
        return id;
    }

    public StunErrorCode AnsweredError()
    {
        StunMessage.TryParse(Answer, out var message).ShouldBeTrue();
        message.Class.ShouldBe(StunClass.ErrorResponse);
        message.VerifyFingerprint().ShouldBeTrue();
        message.TryGetErrorCode(out var code, out _).ShouldBeTrue();
        return code;
    }
}
