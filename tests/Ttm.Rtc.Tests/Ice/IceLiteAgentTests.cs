using System.Text;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Stun;

namespace Ttm.Rtc.Tests.Ice;

public sealed class IceLiteAgentTests
{
    private static readonly TransportAddress First = IceLiteHarness.First;
    private static readonly TransportAddress Second = IceLiteHarness.Second;

    private readonly IceLiteHarness _ice = new();

    [Fact]
    public void Receive_GoodCheck_IsAnsweredWithTheMappedAddressUnderTheLocalPassword()
    {
        byte[] request = _ice.Request();
        _ice.Send(request, First).ShouldBe(DropReason.None);

        _ice.AnsweredTo.ShouldBe(First);
        StunMessage.TryParse(_ice.Answer, out var answer).ShouldBeTrue();
        answer.Class.ShouldBe(StunClass.SuccessResponse);
        answer.TransactionId.SequenceEqual(request.AsSpan(8, 12)).ShouldBeTrue();
        answer.TryGetXorAddress(StunAttribute.XorMappedAddress, out var mapped).ShouldBeTrue();
        mapped.ShouldBe(First);
        answer.VerifyIntegrity(Encoding.ASCII.GetBytes(IceLiteHarness.Server.Password)).ShouldBeTrue();
        answer.VerifyFingerprint().ShouldBeTrue();
    }

    [Fact]
    public void Receive_CheckWithoutNomination_ValidatesTheAddressAndSelectsNothing()
    {
        _ice.Check(First);
        _ice.Agent.IsValidated(First).ShouldBeTrue();
        _ice.Agent.IsValidated(Second).ShouldBeFalse();
        _ice.Agent.State.ShouldBe(IceState.Checking);
    }

    [Fact]
    public void Receive_NominatedChecks_TheLastOneIsSelected()
    {
        _ice.Check(First, nominate: true);
        _ice.Agent.State.ShouldBe(IceState.Connected);
        _ice.Agent.Selected.ShouldBe(First);

        _ice.Check(Second);
        _ice.Agent.Selected.ShouldBe(First);
        _ice.Check(Second, nominate: true);
        _ice.Agent.Selected.ShouldBe(Second);
        _ice.Agent.IsValidated(First).ShouldBeTrue();
    }

    [Theory]
    [InlineData("servUFRG:other")]
    [InlineData("cliU:servUFRG")]
    [InlineData("servUFRG")]
    [InlineData("servUFRG:cliUx")]
    public void Receive_WrongUsername_Is401WithoutIntegrity(string username)
    {
        _ice.Send(_ice.Request(username, nominate: true), First).ShouldBe(DropReason.UnknownUfrag);
        _ice.AnsweredError().ShouldBe(StunErrorCode.Unauthenticated);
        StunMessage.TryParse(_ice.Answer, out var answer).ShouldBeTrue();
        answer.HasAttribute(StunAttribute.MessageIntegrity).ShouldBeFalse();
        NothingHappened();
    }

    [Fact]
    public void Receive_WrongPassword_Is401()
    {
        _ice.Send(_ice.Request(password: IceLiteHarness.Client.Password, nominate: true), First).ShouldBe(DropReason.BadIntegrity);
        _ice.AnsweredError().ShouldBe(StunErrorCode.Unauthenticated);
        NothingHappened();
    }

    [Fact]
    public void Receive_NoIntegrityOrNoUsername_Is400()
    {
        byte[] buffer = new byte[128];
        var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, _ice.NextTransaction());
        writer.Write(StunAttribute.Username, "servUFRG:cliU"u8);
        writer.WriteFlag(StunAttribute.UseCandidate);
        _ice.Send(buffer[..writer.Length], First).ShouldBe(DropReason.BadIntegrity);
        _ice.AnsweredError().ShouldBe(StunErrorCode.BadRequest);

        writer = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, _ice.NextTransaction());
        writer.WriteFlag(StunAttribute.UseCandidate);
        writer.WriteMessageIntegrity(Encoding.ASCII.GetBytes(IceLiteHarness.Server.Password));
        _ice.Send(buffer[..writer.Length], First).ShouldBe(DropReason.BadIntegrity);
        _ice.AnsweredError().ShouldBe(StunErrorCode.BadRequest);
        NothingHappened();
    }

    [Fact]
    public void Receive_UnknownComprehensionRequired_Is420WithItsType()
    {
        _ice.Send(_ice.Request(nominate: true, extra: (StunAttribute)0x7ABC), First).ShouldBe(DropReason.UnexpectedStun);
        _ice.AnsweredError().ShouldBe(StunErrorCode.UnknownAttribute);
        StunMessage.TryParse(_ice.Answer, out var answer).ShouldBeTrue();
        answer.TryGetAttribute(StunAttribute.UnknownAttributes, out var types).ShouldBeTrue();
        Convert.ToHexString(types).ShouldBe("7ABC");
        answer.VerifyIntegrity(Encoding.ASCII.GetBytes(IceLiteHarness.Server.Password)).ShouldBeTrue();
        NothingHappened();
    }

    [Fact]
    public void Receive_UnknownComprehensionOptional_IsIgnored()
    {
        _ice.Send(_ice.Request(nominate: true, extra: (StunAttribute)0xC057), First).ShouldBe(DropReason.None);
        _ice.Agent.State.ShouldBe(IceState.Connected);
    }

    [Fact]
    public void Receive_PeerThatIsControlledToo_Is487()
    {
        _ice.Send(_ice.Request(nominate: true, role: StunAttribute.IceControlled), First).ShouldBe(DropReason.UnexpectedStun);
        _ice.AnsweredError().ShouldBe(StunErrorCode.RoleConflict);
        StunMessage.TryParse(_ice.Answer, out var answer).ShouldBeTrue();
        answer.VerifyIntegrity(Encoding.ASCII.GetBytes(IceLiteHarness.Server.Password)).ShouldBeTrue();
        NothingHappened();
    }

    [Fact]
    public void Receive_WrongFingerprint_IsDroppedInSilence()
    {
        byte[] request = _ice.Request(nominate: true);
        request[^1] ^= 1;
        _ice.Send(request, First).ShouldBe(DropReason.BadFingerprint);
        _ice.Answer.ShouldBeEmpty();
        NothingHappened();
    }

    [Theory]
    [InlineData(StunMethod.Binding, StunClass.Indication, DropReason.None)]
    [InlineData(StunMethod.Binding, StunClass.SuccessResponse, DropReason.UnexpectedStun)]
    [InlineData(StunMethod.Binding, StunClass.ErrorResponse, DropReason.UnexpectedStun)]
    [InlineData(StunMethod.Allocate, StunClass.Request, DropReason.UnexpectedStun)]
    public void Receive_WhatIsNoCheck_ChangesNothing(StunMethod method, StunClass messageClass, DropReason reason)
    {
        byte[] buffer = new byte[64];
        var writer = new StunWriter(buffer, method, messageClass, _ice.NextTransaction());
        writer.WriteFlag(StunAttribute.UseCandidate);
        writer.WriteFingerprint();
        _ice.Send(buffer[..writer.Length], First).ShouldBe(reason);
        _ice.Answer.ShouldBeEmpty();
        NothingHappened();
    }

    [Fact]
    public void Receive_CheckWithSha256Alone_IsAnsweredWithSha256()
    {
        byte[] password = Encoding.ASCII.GetBytes(IceLiteHarness.Server.Password);
        byte[] buffer = new byte[256];
        var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, _ice.NextTransaction());
        writer.Write(StunAttribute.Username, "servUFRG:cliU"u8);
        writer.WriteMessageIntegritySha256(password);
        _ice.Send(buffer[..writer.Length], First).ShouldBe(DropReason.None);
        StunMessage.TryParse(_ice.Answer, out var answer).ShouldBeTrue();
        answer.VerifyIntegritySha256(password).ShouldBeTrue();
        answer.HasAttribute(StunAttribute.MessageIntegrity).ShouldBeFalse();
    }

    [Fact]
    public void Receive_MoreAddressesThanAreRemembered_TheLongestSilentUnselectedOneGives()
    {
        _ice.Check(First, nominate: true);
        for (int i = 2; i <= 32; i++)
        {
            _ice.After(0.1);
            _ice.Check(IceLiteHarness.Address(i));
        }

        _ice.Check(IceLiteHarness.Address(33));
        _ice.Agent.IsValidated(First).ShouldBeTrue("the selected one stays, though it is the oldest");
        _ice.Agent.IsValidated(IceLiteHarness.Address(2)).ShouldBeFalse();
        _ice.Agent.IsValidated(IceLiteHarness.Address(3)).ShouldBeTrue();
        _ice.Agent.IsValidated(IceLiteHarness.Address(33)).ShouldBeTrue();
        Enumerable.Range(1, 33).Count(i => _ice.Agent.IsValidated(IceLiteHarness.Address(i))).ShouldBe(32);
    }

    [Fact]
    public void Receive_AnswersThatNobodyTakes_AreBounded()
    {
        for (int i = 0; i < 4; i++)
            _ice.Agent.Receive(_ice.Request(), First, _ice.Now).ShouldBe(DropReason.None);
        _ice.Agent.Receive(_ice.Request(), Second, _ice.Now).ShouldBe(DropReason.QueueFull);
        _ice.Agent.IsValidated(Second).ShouldBeFalse();
        byte[] buffer = new byte[256];
        for (int i = 0; i < 4; i++)
            _ice.Agent.TryTakeDatagram(buffer, out _, out _).ShouldBeTrue();
        _ice.Agent.TryTakeDatagram(buffer, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Receive_MutatedChecks_NeverSelectNorValidate()
    {
        var random = new Random(8445);
        byte[] good = _ice.Request(nominate: true);
        for (int round = 0; round < 5_000; round++)
        {
            // FINGERPRINT, the last 8 bytes, may be there or not.
            byte[] bad = (byte[])good.Clone();
            for (int change = random.Next(1, 4); change > 0; change--)
                bad[random.Next(bad.Length - 8)] ^= (byte)random.Next(1, 256);
            if (bad.AsSpan().SequenceEqual(good))
                continue;
            _ice.Send(bad, First);
            _ice.Agent.IsValidated(First).ShouldBeFalse();
        }

        for (int length = 0; length < good.Length; length++)
            _ice.Send(good[..length], First).ShouldBe(DropReason.MalformedStun);
        NothingHappened();
    }

    [Fact]
    public void Receive_ChecksInSteadyState_AllocateNothing()
    {
        byte[] request = _ice.Request(nominate: true);
        byte[] buffer = new byte[256];
        Exchange();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Exchange();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Exchange()
        {
            _ice.Agent.Receive(request, First, default);
            _ice.Agent.Tick(default);
            if (!_ice.Agent.TryTakeDatagram(buffer, out _, out _))
                throw new InvalidOperationException();
        }
    }

    [Fact]
    public void TryGetLocalUfrag_OfACheck_IsTheReceiversPart()
    {
        StunMessage.TryParse(_ice.Request(), out var message).ShouldBeTrue();
        IceUsername.TryGetLocalUfrag(message, out var ufrag).ShouldBeTrue();
        Encoding.ASCII.GetString(ufrag).ShouldBe("servUFRG");

        StunMessage.TryParse(_ice.Request("nocolon"), out message).ShouldBeTrue();
        IceUsername.TryGetLocalUfrag(message, out _).ShouldBeFalse();
    }

    private void NothingHappened()
    {
        _ice.Agent.State.ShouldBe(IceState.Checking);
        _ice.Agent.IsValidated(First).ShouldBeFalse();
    }
}
