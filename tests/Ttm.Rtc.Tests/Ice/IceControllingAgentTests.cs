using System.Text;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Stun;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Ice;

public sealed class IceControllingAgentTests
{
    private static readonly IceCredentials Local = new("cliU", "clientpassword+22chars");
    private static readonly IceCredentials Remote = new("servUFRG", "serverPassword+24/chars1");
    private static readonly TransportAddress Server = IceTwoPeers.Server;

    private readonly byte[] _buffer = new byte[1500];
    private readonly IceControllingAgent _agent = new(Local, Remote, [Server], new SeededRandomness(1), default);

    [Fact]
    public void Tick_FirstCheck_IsAsTheRfcSays()
    {
        StunMessage.TryParse(NextRequest(), out var check).ShouldBeTrue();
        check.TryGetUsername(out var username).ShouldBeTrue();
        Encoding.ASCII.GetString(username).ShouldBe("servUFRG:cliU");
        check.TryGetUInt32(StunAttribute.Priority, out uint priority).ShouldBeTrue();
        (priority >> 24).ShouldBe(110u);
        check.HasAttribute(StunAttribute.IceControlling).ShouldBeTrue();
        check.HasAttribute(StunAttribute.UseCandidate).ShouldBeFalse();
        check.VerifyIntegrity(Encoding.ASCII.GetBytes(Remote.Password)).ShouldBeTrue();
        check.VerifyFingerprint().ShouldBeTrue();
    }

    [Fact]
    public void Receive_SuccessThenSuccess_NominatesThenConnects()
    {
        Answer(NextRequest(), Server).ShouldBe(DropReason.None);
        _agent.State.ShouldBe(IceState.Checking);
        _agent.IsValidated(Server).ShouldBeTrue();

        byte[] nomination = Take();
        StunMessage.TryParse(nomination, out var message).ShouldBeTrue();
        message.HasAttribute(StunAttribute.UseCandidate).ShouldBeTrue();
        Answer(nomination, Server).ShouldBe(DropReason.None);
        _agent.State.ShouldBe(IceState.Connected);
        _agent.Selected.ShouldBe(Server);
    }

    [Fact]
    public void Receive_AnswerFromElsewhereWithoutIntegrityOrUnasked_IsNotUsed()
    {
        byte[] check = NextRequest();
        Answer(check, IceLiteHarness.First).ShouldBe(DropReason.UnexpectedStun);
        Answer(check, Server, password: "another password").ShouldBe(DropReason.BadIntegrity);
        byte[] other = (byte[])check.Clone();
        other[10] ^= 1;
        Answer(other, Server).ShouldBe(DropReason.UnexpectedStun);
        _agent.IsValidated(Server).ShouldBeFalse();
    }

    [Fact]
    public void Receive_RoleConflict_SwitchesNothingAndChecksAgain()
    {
        Answer(NextRequest(), Server, error: StunErrorCode.RoleConflict).ShouldBe(DropReason.None);
        _agent.Tick(default);
        StunMessage.TryParse(NextRequest(), out var again).ShouldBeTrue();
        again.HasAttribute(StunAttribute.IceControlling).ShouldBeTrue();
    }

    [Fact]
    public void Receive_Unauthenticated_EndsTheCheck()
    {
        Answer(NextRequest(), Server, error: StunErrorCode.Unauthenticated, password: null).ShouldBe(DropReason.None);
        _agent.NextTick.ShouldBe(default(Instant) + TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Receive_CheckOfAPeerThatControlsToo_Is487()
    {
        byte[] request = new byte[256];
        var writer = new StunWriter(request, StunMethod.Binding, StunClass.Request, new byte[12]);
        writer.Write(StunAttribute.Username, "cliU:servUFRG"u8);
        writer.WriteUInt64(StunAttribute.IceControlling, ulong.MaxValue);
        writer.WriteMessageIntegrity(Encoding.ASCII.GetBytes(Local.Password));
        _agent.Receive(request.AsSpan(0, writer.Length), Server, default).ShouldBe(DropReason.UnexpectedStun);
        StunMessage.TryParse(Take(), out var answer).ShouldBeTrue();
        answer.TryGetErrorCode(out var code, out _).ShouldBeTrue();
        code.ShouldBe(StunErrorCode.RoleConflict);
    }

    [Fact]
    public void Receive_CheckOfAControlledPeer_IsAnsweredAndItsAddressLearnt()
    {
        byte[] request = new byte[256];
        var writer = new StunWriter(request, StunMethod.Binding, StunClass.Request, new byte[12]);
        writer.Write(StunAttribute.Username, "cliU:servUFRG"u8);
        writer.WriteUInt64(StunAttribute.IceControlled, 7);
        writer.WriteMessageIntegrity(Encoding.ASCII.GetBytes(Local.Password));
        _agent.Receive(request.AsSpan(0, writer.Length), IceLiteHarness.First, default).ShouldBe(DropReason.None);
        StunMessage.TryParse(Take(), out var answer).ShouldBeTrue();
        answer.Class.ShouldBe(StunClass.SuccessResponse);
        _agent.IsValidated(IceLiteHarness.First).ShouldBeTrue();
    }

    [Fact]
    public void Receive_MutatedAnswers_NeverConnect()
    {
        var random = new Random(1);
        byte[] check = NextRequest();
        byte[] good = MakeAnswer(check, Remote.Password, StunErrorCode.None);
        for (int round = 0; round < 5_000; round++)
        {
            byte[] bad = (byte[])good.Clone();
            bad[random.Next(bad.Length - 8)] ^= (byte)random.Next(1, 256);
            _agent.Receive(bad, Server, default);
            _agent.IsValidated(Server).ShouldBeFalse();
        }

        _agent.Receive(good, Server, default).ShouldBe(DropReason.None);
    }

    private static byte[] MakeAnswer(byte[] request, string? password, StunErrorCode error)
    {
        byte[] buffer = new byte[256];
        var writer = new StunWriter(
            buffer, StunMethod.Binding, error == StunErrorCode.None ? StunClass.SuccessResponse : StunClass.ErrorResponse, request.AsSpan(8, 12));
        if (error == StunErrorCode.None)
            writer.WriteXorAddress(StunAttribute.XorMappedAddress, IceLiteHarness.First);
        else
            writer.WriteErrorCode(error);
        if (password is not null)
            writer.WriteMessageIntegrity(Encoding.ASCII.GetBytes(password));
        writer.WriteFingerprint();
        return buffer[..writer.Length];
    }

    private DropReason Answer(byte[] request, TransportAddress from, StunErrorCode error = StunErrorCode.None, string? password = "serverPassword+24/chars1") =>
        _agent.Receive(MakeAnswer(request, password, error), from, default);

    private byte[] NextRequest()
    {
        _agent.Tick(_agent.NextTick);
        return Take();
    }

    private byte[] Take()
    {
        _agent.TryTakeDatagram(_buffer, out int length, out var to).ShouldBeTrue();
        to.ShouldBeOneOf(Server, IceLiteHarness.First);
        return _buffer[..length];
    }
}
