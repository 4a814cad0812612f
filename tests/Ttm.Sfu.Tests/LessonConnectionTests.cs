using System.Net;
using Ttm.Sfu.Lessons;
using Ttm.Sfu.Media;
using Ttm.Testing.Facts;

namespace Ttm.Sfu.Tests;

/// <summary>How teachers and students come, come again and go.</summary>
public sealed class LessonConnectionTests : IAsyncLifetime
{
    private readonly LessonFixture _node = new();

    /// <summary>A client takes an answer from another address than it asked for none (RFC 8445 section 7.2.5.2.1).</summary>
    [LinuxFact]
    public async Task Connect_AtOtherAddressesOfTheHost_IsAnsweredFromThem()
    {
        var second = IPAddress.Parse("127.0.0.2");
        await using var node = new LessonFixture(new MediaOptions { PublicAddresses = [second] });
        var lesson = node.CreateLesson("algebra");
        var teacher = await node.ConnectTeacherAsync(lesson);
        var anna = new Listener(await node.ConnectStudentAsync(lesson, "anna"));
        await lesson.SelectAsync("anna");
        teacher.SendPacket([0xF8, 1, 0, 0]);
        await node.UntilAsync(() => anna.Speech.Count == 1);
        teacher.Rtc.Session!.Remote.ToIPEndPoint().Address.ShouldBe(second);
    }

    [Fact]
    public async Task TeacherReconnects_InTheSameLesson_GoesOnInTheSameStreamAndRecording()
    {
        var lesson = _node.CreateLesson("algebra");
        var first = await _node.ConnectTeacherAsync(lesson);
        var anna = new Listener(await _node.ConnectStudentAsync(lesson, "anna"));
        await lesson.SelectAsync("anna");
        await _node.SpeakAsync(first, 1, 10);
        var second = await _node.ConnectTeacherAsync(lesson);
        await _node.SpeakAsync(second, 11, 20);
        await _node.UntilAsync(() => anna.Speech.Count == 20 && first.IsClosed);

        anna.Speech.ShouldBe(Enumerable.Range(1, 20));
        anna.AssertOneStream();
        _node.Stretches.ShouldHaveSingleItem().Payloads.Count.ShouldBe(20);
    }

    [Fact]
    public async Task StudentReconnects_WhileSelected_HearsOn()
    {
        var lesson = _node.CreateLesson("algebra");
        var teacher = await _node.ConnectTeacherAsync(lesson);
        await lesson.SelectAsync("anna");
        await _node.ConnectStudentAsync(lesson, "anna");
        var anna = new Listener(await _node.ConnectStudentAsync(lesson, "anna"));
        await _node.SpeakAsync(teacher, 1, 10);
        await _node.UntilAsync(() => anna.Speech.Count == 10);
        lesson.Snapshot.Students.ShouldHaveSingleItem().ShouldBe(new StudentSnapshot("anna", true, true));
    }

    [Fact]
    public async Task ConnectTeacher_WhenAnotherHasTheLesson_IsRefused()
    {
        var lesson = _node.CreateLesson("algebra", "t");
        var result = await lesson.ConnectTeacherAsync("other", _node.NewClient(true).Rtc.Offer);
        result.Failure.ShouldBe(LessonFailure.OtherTeacher);
    }

    [Theory]
    [InlineData("", LessonFailure.MalformedSdp)]
    [InlineData("not sdp", LessonFailure.MalformedSdp)]
    [InlineData("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", LessonFailure.UnacceptableSdp)]
    public async Task Connect_WithABadOffer_SaysSo(string offer, LessonFailure failure)
    {
        var lesson = _node.CreateLesson("algebra");
        (await lesson.ConnectTeacherAsync("t", offer)).Failure.ShouldBe(failure);
        (await lesson.ConnectStudentAsync("s", offer)).Failure.ShouldBe(failure);
        lesson.Snapshot.Students.ShouldBeEmpty();
    }

    [Fact]
    public async Task Patch_WithNewCredentials_RestartsIceWithoutALostPacket()
    {
        var lesson = _node.CreateLesson("algebra");
        var teacher = _node.NewClient(true);
        var accepted = (await lesson.ConnectTeacherAsync("t", teacher.Rtc.Offer)).Value!;
        teacher.ApplyAnswer(accepted.Answer);
        await _node.UntilAsync(() => teacher.IsConnected);
        var anna = new Listener(await _node.ConnectStudentAsync(lesson, "anna"));
        await lesson.SelectAsync("anna");

        const string Fragment = "a=ice-ufrag:newufrag\r\na=ice-pwd:0123456789012345678901234\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n";
        (await lesson.PatchAsync(accepted.Session, Fragment, "stale")).Failure.ShouldBe(LessonFailure.StaleETag);
        var patched = (await lesson.PatchAsync(accepted.Session, Fragment, accepted.ETag)).Value!;
        patched.Restarted.ShouldBeTrue();
        patched.ETag.ShouldNotBe(accepted.ETag);
        patched.Fragment!.ShouldContain($"a=ice-ufrag:{patched.ETag}");

        // The client has not checked with the new credentials: the old path carries on.
        await _node.SpeakAsync(teacher, 1, 10);
        await _node.UntilAsync(() => anna.Speech.Count == 10);

        (await lesson.PatchAsync(accepted.Session, "a=candidate:1 1 udp 1 192.0.2.7 9 typ host\r\n", patched.ETag)).Value!.Restarted.ShouldBeFalse();
        const string Late = "a=ice-ufrag:lateufrag\r\na=ice-pwd:0123456789012345678901234\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n";
        var again = (await lesson.PatchAsync(accepted.Session, Late, "*")).Value!;
        again.Restarted.ShouldBeTrue();
        (await lesson.PatchAsync(accepted.Session, Fragment, null)).Value.ShouldBe(new SessionPatched(false, null, again.ETag));
        (await lesson.PatchAsync("nobody", Fragment, null)).Failure.ShouldBe(LessonFailure.SessionNotFound);
    }

    [Fact]
    public async Task Connect_OnAFullNode_LetsOnlyReconnectsIn()
    {
        await using var node = new LessonFixture(new MediaOptions { MaxSessions = 1 });
        var lesson = node.CreateLesson("algebra");
        await node.ConnectTeacherAsync(lesson);
        (await lesson.ConnectStudentAsync("anna", node.NewClient(false).Rtc.Offer)).Failure.ShouldBe(LessonFailure.Full);
        node.Lessons.FullReason.ShouldNotBeNull();
        await node.ConnectTeacherAsync(lesson);
    }

    [Fact]
    public async Task Disconnect_Twice_FindsTheSessionOnce()
    {
        var lesson = _node.CreateLesson("algebra");
        var client = _node.NewClient(true);
        var accepted = (await lesson.ConnectTeacherAsync("t", client.Rtc.Offer)).Value!;
        client.ApplyAnswer(accepted.Answer);
        await _node.UntilAsync(() => client.IsConnected && lesson.Snapshot.Teacher is { Connected: true });
        lesson.FindSession(accepted.Session).ShouldBe(new SessionOwner("t", true));
        (await lesson.DisconnectAsync(accepted.Session)).ShouldBeTrue();
        (await lesson.DisconnectAsync(accepted.Session)).ShouldBeFalse();
        lesson.Snapshot.Teacher.ShouldBe(new TeacherSnapshot("t", false));
        await _node.UntilAsync(() => client.IsClosed);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _node.DisposeAsync();
}
