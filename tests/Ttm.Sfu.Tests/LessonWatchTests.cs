using Ttm.Rtc;
using Ttm.Sfu.Lessons;
using Ttm.Sfu.Media;
using Ttm.Sfu.Media.Flight;

namespace Ttm.Sfu.Tests;

public sealed class LessonWatchTests : IAsyncLifetime
{
    private static readonly byte[] Speech = [0xF8, .. new byte[60]];
    private readonly LessonFixture _node = new();

    [Fact]
    public async Task Report_OfALesson_TellsOfItsConnections()
    {
        var lesson = _node.CreateLesson("algebra");
        var teacher = await _node.ConnectTeacherAsync(lesson);
        await _node.ConnectStudentAsync(lesson, "anna");
        await lesson.SelectAsync("anna");
        for (int index = 0; index < 20; index++)
            teacher.SendPacket(Speech);
        await UntilReceivedAsync(20);
        await lesson.EndAsync();
        _node.CreateLesson("biology");
        (await _node.Lessons.ReportAsync()).ShouldHaveSingleItem().Lesson.Id.ShouldBe("biology");

        async Task UntilReceivedAsync(int count)
        {
            for (int round = 0; round < 500; round++)
            {
                await _node.UntilAsync(() => true);
                var report = (await _node.Lessons.ReportAsync()).ShouldHaveSingleItem();
                var shown = report.Sessions.Single(one => one.Owner.IsTeacher).Session;
                if (shown.Stream.Packets < count)
                    continue;
                shown.State.ShouldBe(RtcSessionState.Connected);
                shown.Path.ShouldBe(SessionPath.Udp);
                shown.Stream.Lost.ShouldBe(0);
                shown.Age.ShouldBeGreaterThan(TimeSpan.Zero);
                report.Recording.ShouldBe("rec-1");
                report.Sessions.Count.ShouldBe(2);
                _node.Port.Sessions.Get(RtcSessionState.Connected, SessionPath.Udp).ShouldBe(2);
                return;
            }

            throw new ShouldAssertException("The packets did not come.");
        }
    }

    [Fact]
    public async Task Sessions_ThatAreGone_AreCountedNoMore()
    {
        var lesson = _node.CreateLesson("algebra");
        await _node.ConnectTeacherAsync(lesson);
        await _node.ConnectTeacherAsync(lesson);
        _node.Port.Sessions.Get(RtcSessionState.Connected, SessionPath.Udp).ShouldBe(1);
        await lesson.EndAsync();
        foreach (var path in Enum.GetValues<SessionPath>())
        {
            _node.Port.Sessions.Get(RtcSessionState.Connected, path).ShouldBe(0);
            _node.Port.Sessions.Get(RtcSessionState.Connecting, path).ShouldBe(0);
        }
    }

    [Fact]
    public async Task TakeFlights_AfterAReconnect_HasTheFormerConnectionToo()
    {
        var lesson = _node.CreateLesson("algebra");
        var first = await _node.ConnectTeacherAsync(lesson);
        first.SendPacket(Speech);
        await _node.ConnectTeacherAsync(lesson);
        await _node.UntilAsync(() => first.IsClosed);

        var flights = await lesson.TakeFlightsAsync();
        flights.Count.ShouldBe(2);
        flights[0].CloseReason.ShouldBe("replaced by a new connection");
        flights[1].CloseReason.ShouldBeNull();
        var events = flights[0].Recording.Read().ToList();
        events.ShouldContain(one => one.Kind == FlightEventKind.Rtp && one.IsOutgoing == false);
        events[^1].State.ShouldBe(RtcSessionState.Closed);
        await lesson.EndAsync();
        (await lesson.TakeFlightsAsync()).ShouldAllBe(flight => flight.CloseReason != null);
    }

    [Fact]
    public async Task Roster_ThatIsFull_TakesNoOneElse()
    {
        var lesson = _node.CreateLesson("algebra");
        for (int student = 0; student < Roster.StudentLimit; student++)
            (await lesson.SelectAsync($"s-{student}")).Succeeded.ShouldBeTrue();

        (await lesson.SelectAsync("one-more")).Failure.ShouldBe(LessonFailure.RosterIsFull);
        (await lesson.ConnectStudentAsync("one-more", _node.NewClient(false).Rtc.Offer)).Failure.ShouldBe(LessonFailure.RosterIsFull);
        (await lesson.SelectAsync("s-0")).Succeeded.ShouldBeTrue();
        await _node.ConnectStudentAsync(lesson, "s-1");
        lesson.Snapshot.Students.Count.ShouldBe(Roster.StudentLimit);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _node.DisposeAsync();
}
