using Ttm.Rtc.Ice;

namespace Ttm.Rtc.Tests.Ice;

public sealed class IceLiteConsentTests
{
    private static readonly IceCredentials NewServer = new("servNEW1", "newServerPassword+24chr1");
    private static readonly IceCredentials NewClient = new("cliN", "newclientpassword22chr");
    private static readonly IceCredentials NewerServer = new("servNEW2", "newerServerPassword+24ch");
    private static readonly TransportAddress First = IceLiteHarness.First;
    private static readonly TransportAddress Second = IceLiteHarness.Second;

    private readonly IceLiteHarness _ice = new();

    [Fact]
    public void Tick_NoNominationInTime_Fails()
    {
        _ice.Check(First);
        _ice.Agent.NextTick.ShouldBe(default(Instant) + TimeSpan.FromSeconds(30));
        _ice.After(29.9);
        _ice.Agent.State.ShouldBe(IceState.Checking);
        _ice.After(0.1);
        _ice.Agent.State.ShouldBe(IceState.Failed);
        _ice.Agent.IsValidated(First).ShouldBeFalse();
        _ice.Agent.NextTick.ShouldBe(Instant.Never);
    }

    [Fact]
    public void Tick_ChecksOnTheSelectedPair_KeepConsent()
    {
        _ice.Check(First, nominate: true);
        for (int i = 0; i < 20; i++)
        {
            _ice.After(25);
            _ice.Check(First);
        }

        _ice.Agent.State.ShouldBe(IceState.Connected);
        _ice.After(30);
        _ice.Agent.State.ShouldBe(IceState.Failed);
    }

    [Fact]
    public void Tick_ChecksFromElsewhereOrUnauthenticated_KeepNoConsent()
    {
        _ice.Check(First, nominate: true);
        _ice.After(20);
        _ice.Check(Second);
        _ice.Send(_ice.Request(password: "wrong"), First);
        _ice.After(10);
        _ice.Agent.State.ShouldBe(IceState.Failed);
    }

    [Fact]
    public void Receive_AfterConsentWasLost_IsNotAnswered()
    {
        _ice.Check(First, nominate: true);
        _ice.After(30);
        _ice.Check(First, nominate: true).ShouldBe(DropReason.NotConnected);
        _ice.Answer.ShouldBeEmpty();
        _ice.Agent.State.ShouldBe(IceState.Failed);
    }

    [Fact]
    public void Restart_AfterFailure_TakesTheNewCredentialsAlone()
    {
        _ice.Check(First, nominate: true);
        _ice.After(30);
        _ice.Agent.Restart(NewServer, NewClient, _ice.Now);
        _ice.Agent.State.ShouldBe(IceState.Checking);
        _ice.Agent.LocalUfrags.ShouldBe(["servNEW1"]);
        _ice.Check(First, nominate: true).ShouldBe(DropReason.UnknownUfrag);
        _ice.Check(First, NewServer, NewClient, nominate: true).ShouldBe(DropReason.None);
        _ice.Agent.State.ShouldBe(IceState.Connected);
    }

    [Fact]
    public void Restart_UntilNominated_TheOldPathGoesOn()
    {
        _ice.Check(First, nominate: true);
        var before = _ice.Agent.LocalUfrags;
        _ice.Agent.Restart(NewServer, NewClient, _ice.Now);

        _ice.Agent.LocalUfrags.ShouldNotBeSameAs(before);
        _ice.Agent.LocalUfrags.ShouldBe(["servNEW1", "servUFRG"]);
        _ice.Agent.Local.ShouldBe(NewServer);
        _ice.Agent.Remote.ShouldBe(NewClient);
        _ice.Agent.State.ShouldBe(IceState.Connected);
        _ice.Check(First, nominate: true).ShouldBe(DropReason.None);
        _ice.Check(Second, NewServer, NewClient).ShouldBe(DropReason.None);
        _ice.Agent.Selected.ShouldBe(First);
        _ice.Agent.IsRestarting.ShouldBeTrue();
        _ice.Agent.IsValidated(First).ShouldBeTrue();
        _ice.Agent.IsValidated(Second).ShouldBeTrue();
    }

    [Fact]
    public void Restart_OnceNominated_TheOldPathIsHeardForTheGraceAndThenForgotten()
    {
        _ice.Check(First, nominate: true);
        _ice.Agent.Restart(NewServer, NewClient, _ice.Now);
        _ice.Check(Second, NewServer, NewClient, nominate: true);

        _ice.Agent.Selected.ShouldBe(Second);
        _ice.Agent.IsRestarting.ShouldBeFalse();
        _ice.Agent.LocalUfrags.ShouldBe(["servNEW1"]);
        _ice.Check(First, nominate: true).ShouldBe(DropReason.UnknownUfrag);
        _ice.Agent.IsValidated(First).ShouldBeTrue("packets may be on their way");
        _ice.Agent.NextTick.ShouldBe(_ice.Now + TimeSpan.FromSeconds(2));
        _ice.After(2);
        _ice.Agent.IsValidated(First).ShouldBeFalse();
        _ice.Agent.IsValidated(Second).ShouldBeTrue();
    }

    [Fact]
    public void Restart_FromTheSameAddress_KeepsItValid()
    {
        _ice.Check(First, nominate: true);
        _ice.Agent.Restart(NewServer, NewClient, _ice.Now);
        _ice.Check(First, NewServer, NewClient);
        _ice.Check(First);
        _ice.Check(First, NewServer, NewClient, nominate: true);
        _ice.After(5);
        _ice.Agent.State.ShouldBe(IceState.Connected);
        _ice.Agent.IsValidated(First).ShouldBeTrue();
    }

    [Fact]
    public void Restart_TwiceBeforeNomination_KeepsWhatConnects()
    {
        _ice.Check(First, nominate: true);
        _ice.Agent.Restart(NewServer, NewClient, _ice.Now);
        _ice.Agent.Restart(NewerServer, NewClient, _ice.Now);
        _ice.Agent.LocalUfrags.ShouldBe(["servNEW2", "servUFRG"]);
        _ice.Check(First, nominate: true).ShouldBe(DropReason.None);
        _ice.Check(Second, NewServer, NewClient, nominate: true).ShouldBe(DropReason.UnknownUfrag);
        _ice.Check(Second, NewerServer, NewClient, nominate: true).ShouldBe(DropReason.None);
        _ice.Agent.Selected.ShouldBe(Second);
        _ice.Agent.LocalUfrags.ShouldBe(["servNEW2"]);
    }

    [Fact]
    public void Restart_ThatComesToNothing_EndsWithTheOldConsent()
    {
        _ice.Check(First, nominate: true);
        _ice.After(20);
        _ice.Agent.Restart(NewServer, NewClient, _ice.Now);
        _ice.After(10);
        _ice.Agent.State.ShouldBe(IceState.Checking, "the old pair is over, the new one has 20 s left");
        _ice.Agent.LocalUfrags.ShouldBe(["servNEW1"]);
        _ice.After(20);
        _ice.Agent.State.ShouldBe(IceState.Failed);
    }
}
