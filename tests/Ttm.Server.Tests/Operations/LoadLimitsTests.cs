using Ttm.Server.Operations.Admission;

namespace Ttm.Server.Tests.Operations;

public sealed class LoadLimitsTests
{
    private static readonly NodeLoad Idle = new(0.1, 2, TimeSpan.FromMilliseconds(1), TimeSpan.Zero, 0, 0, 100L << 30);
    private readonly LoadLimits _limits = new(new AdmissionOptions { MaxUploadsWaiting = 100 }, 1L << 30);
    private int _second;

    public static TheoryData<string, object, object> Limits => new()
    {
        { "Admission:MaxCpu", Idle with { Cpu = 1.75 }, Idle with { Cpu = 1.6 } },
        { "Admission:MaxLoopLag", Idle with { LoopLag = TimeSpan.FromMilliseconds(31) }, Idle with { LoopLag = TimeSpan.FromMilliseconds(20) } },
        { "Admission:MaxTranscoderLag", Idle with { TranscoderLag = TimeSpan.FromMinutes(10) }, Idle with { TranscoderLag = TimeSpan.FromMinutes(6) } },
        { "Admission:MaxUploadsWaiting", Idle with { UploadsWaiting = 100 }, Idle with { UploadsWaiting = 95 } },
        { "Recording:MinFreeBytes", Idle with { FreeBytes = 1L << 30 }, Idle with { FreeBytes = (1L << 30) + (50L << 20) } },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void Update_BeyondALimit_RefusesUntilItIsWellBelowForAWhile(string key, object beyond, object slightlyBelow)
    {
        Update(Idle).ShouldBeEmpty();
        UpdateFor(16, (NodeLoad)beyond).ShouldHaveSingleItem().ShouldContain(key);

        // Just below is not enough: what is refused makes the load fall, and the next lessons would raise it again.
        UpdateFor(60, (NodeLoad)slightlyBelow).ShouldHaveSingleItem();
        UpdateFor(9, Idle).ShouldHaveSingleItem();
        UpdateFor(3, Idle).ShouldBeEmpty();
        UpdateFor(60, (NodeLoad)slightlyBelow).ShouldBeEmpty();
    }

    [Fact]
    public void Update_AfterAShortPeak_RefusesNothing()
    {
        for (var round = 0; round < 20; round++)
        {
            UpdateFor(2, Idle with { Cpu = 2, LoopLag = TimeSpan.FromMilliseconds(200) }).ShouldBeEmpty();
            Update(Idle).ShouldBeEmpty();
        }

        UpdateFor(14, Idle with { Cpu = 2 }).ShouldBeEmpty("a class that joins");
    }

    [Fact]
    public void Update_WhileABacklogIsEncoded_IsNotAboutTheProcessor()
    {
        UpdateFor(60, Idle with { Cpu = 2, Backlog = 3 }).ShouldBeEmpty();
        UpdateFor(16, Idle with { Cpu = 2 }).ShouldHaveSingleItem();
    }

    [Fact]
    public void Update_WithoutALimitOfTheProcessor_NeverMindsIt()
    {
        var limits = new LoadLimits(new AdmissionOptions { MaxCpu = 1 }, 0);
        for (var second = 0; second < 60; second++)
            limits.Update(Idle with { Cpu = 2 }, TimeSpan.FromSeconds(second)).ShouldBeEmpty();
    }

    [Fact]
    public void Update_BeyondSeveralLimits_NamesEach() =>
        UpdateFor(16, Idle with { Cpu = 1.9, LoopLag = TimeSpan.FromSeconds(1), FreeBytes = 0 }).Count.ShouldBe(3);

    private IReadOnlyList<string> Update(in NodeLoad load) => _limits.Update(load, TimeSpan.FromSeconds(_second++));

    private IReadOnlyList<string> UpdateFor(int seconds, in NodeLoad load)
    {
        IReadOnlyList<string> reasons = [];
        for (var second = 0; second < seconds; second++)
            reasons = Update(load);
        return reasons;
    }
}
