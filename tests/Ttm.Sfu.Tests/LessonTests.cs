using System.Net;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;
using Ttm.Sfu.Lessons;
using Ttm.Sfu.Media;
using Ttm.Testing;

namespace Ttm.Sfu.Tests;

public sealed class LessonTests : IAsyncLifetime
{
    private readonly LessonFixture _node = new();

    /// <summary>A client takes an answer from another address than it asked for none (RFC 8445 section 7.2.5.2.1).</summary>
    [Fact]
    public async Task Connect_AtOtherAddressesOfTheHost_IsAnsweredFromThem()
    {
        // Only Linux has all of 127/8, and a socket there that can say which of them a datagram came to.
        if (!LinuxBatchSocket.IsSupported)
            return;
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
    public async Task Select_AmongStudents_GivesSpeechToTheSelectedOneAlone()
    {
        var lesson = _node.CreateLesson("algebra");
        var teacher = await _node.ConnectTeacherAsync(lesson);
        var anna = new Listener(await _node.ConnectStudentAsync(lesson, "anna"));
        var ben = new Listener(await _node.ConnectStudentAsync(lesson, "ben"));

        await lesson.SelectAsync("anna");
        await SpeakAsync(teacher, 1, 20);
        await lesson.SelectAsync("ben");
        await SpeakAsync(teacher, 21, 40);
        await lesson.SelectAsync("anna");
        await SpeakAsync(teacher, 41, 60);
        await lesson.SelectAsync(null);
        await SpeakAsync(teacher, 61, 80);
        await _node.UntilAsync(() => anna.Speech.Count == 40 && ben.Speech.Count == 20);

        anna.Speech.ShouldBe([.. Enumerable.Range(1, 20), .. Enumerable.Range(41, 20)]);
        ben.Speech.ShouldBe(Enumerable.Range(21, 20));
        _node.Stretches.Select(stretch => stretch.Stretch.Student).ShouldBe(["anna", "ben", "anna"]);
        _node.Stretches.Select(stretch => stretch.Payloads.Count).ShouldBe([20, 20, 20]);
        _node.Stretches[0].Closed.ShouldBe(_node.Stretches[1].Opened);
        _node.Stretches[1].Closed.ShouldBe(_node.Stretches[2].Opened);
        anna.AssertOneStream();
        ben.AssertOneStream();
        anna.Markers.ShouldBe([1, 41]);
    }

    [Fact]
    public async Task TeacherReconnects_InTheSameLesson_GoesOnInTheSameStreamAndRecording()
    {
        var lesson = _node.CreateLesson("algebra");
        var first = await _node.ConnectTeacherAsync(lesson);
        var anna = new Listener(await _node.ConnectStudentAsync(lesson, "anna"));
        await lesson.SelectAsync("anna");
        await SpeakAsync(first, 1, 10);
        var second = await _node.ConnectTeacherAsync(lesson);
        await SpeakAsync(second, 11, 20);
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
        await SpeakAsync(teacher, 1, 10);
        await _node.UntilAsync(() => anna.Speech.Count == 10);
        lesson.Snapshot.Students.ShouldHaveSingleItem().ShouldBe(new StudentSnapshot("anna", true, true));
    }

    [Fact]
    public async Task AStudentWhoSends_IsDroppedAndCounted()
    {
        var lesson = _node.CreateLesson("algebra");
        await _node.ConnectTeacherAsync(lesson);
        var anna = await _node.ConnectStudentAsync(lesson, "anna");
        anna.SendPacket([0xF8, 1, 2, 3]);
        await _node.UntilAsync(() => _node.Port.Counters.GetDrops(DropReason.NotPublishing) == 1);
        _node.Port.Counters.PacketsForwarded.ShouldBe(0);
    }

    [Fact]
    public async Task AnUnselectedStudent_GetsATrickleOfSilence()
    {
        var lesson = _node.CreateLesson("algebra");
        var anna = new Listener(await _node.ConnectStudentAsync(lesson, "anna"));
        await _node.UntilAsync(() => anna.SilenceCount >= 4);
        anna.AssertOneStream();
    }

    [Fact]
    public async Task Select_Nobody_FollowsTheSpeechWithSilenceAtOnce()
    {
        var lesson = _node.CreateLesson("algebra");
        var teacher = await _node.ConnectTeacherAsync(lesson);
        var anna = new Listener(await _node.ConnectStudentAsync(lesson, "anna"));
        await lesson.SelectAsync("anna");
        await SpeakAsync(teacher, 1, 3);
        await _node.UntilAsync(() => anna.Speech.Count == 3);
        int before = anna.SilenceCount;

        await lesson.SelectAsync(null);
        var closed = _node.Port.Clock.Now;
        await _node.UntilAsync(() => anna.SilenceCount == before + 5);

        // The trickle alone would take two seconds.
        (_node.Port.Clock.Now - closed).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        anna.AssertOneStream();
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
        await SpeakAsync(teacher, 1, 10);
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

    [Fact]
    public async Task Select_TheSameStudentAgain_ChangesNothing()
    {
        var lesson = _node.CreateLesson("algebra");
        var first = (await lesson.SelectAsync("anna")).Value!;
        var second = (await lesson.SelectAsync("anna")).Value!;
        second.ShouldBe(first with { Changed = false });
        _node.Stretches.Count.ShouldBe(1);
    }

    [Fact]
    public async Task End_ALessonInFullSwing_ClosesAllAndPublishesTheStoryInOrder()
    {
        var lesson = _node.CreateLesson("algebra");
        var teacher = await _node.ConnectTeacherAsync(lesson);
        var anna = await _node.ConnectStudentAsync(lesson, "anna");
        await _node.UntilAsync(() => lesson.Snapshot.Students is [{ Connected: true }]);
        await lesson.SelectAsync("anna");
        await lesson.EndAsync();
        await _node.UntilAsync(() => teacher.IsClosed && anna.IsClosed);

        lesson.Snapshot.State.ShouldBe(LessonState.Ended);
        lesson.Snapshot.EndedAt.ShouldNotBeNull();
        _node.Stretches.ShouldHaveSingleItem().Closed.ShouldNotBeNull();
        (await lesson.SelectAsync("anna")).Failure.ShouldBe(LessonFailure.LessonNotFound);
        _node.Events.Select(e => e.Type).ShouldBe(
        [
            LessonEventTypes.LessonStarted,
            LessonEventTypes.TeacherConnected,
            LessonEventTypes.StudentConnected,
            LessonEventTypes.ListenerChanged,
            "recording.started",
            LessonEventTypes.ListenerChanged,
            LessonEventTypes.TeacherDisconnected,
            LessonEventTypes.StudentDisconnected,
            LessonEventTypes.LessonEnded,
        ]);
        _node.Port.SessionCount.ShouldBe(0);
    }

    [Fact]
    public async Task SetMuted_OfAConnectedTeacher_IsToldOnceAndForgottenWithTheConnection()
    {
        var lesson = _node.CreateLesson("algebra");
        (await lesson.SetMutedAsync(true)).Failure.ShouldBe(LessonFailure.SessionNotFound);
        await _node.ConnectTeacherAsync(lesson);
        await _node.UntilAsync(() => lesson.Snapshot.Teacher is { Connected: true });

        (await lesson.SetMutedAsync(true)).Value.ShouldBe(lesson.Snapshot.Teacher);
        (await lesson.SetMutedAsync(true)).Succeeded.ShouldBeTrue();
        lesson.Snapshot.Teacher!.Muted.ShouldBeTrue();
        _node.Events.Count(e => e.Type == LessonEventTypes.TeacherMuted).ShouldBe(1);

        await _node.ConnectTeacherAsync(lesson);
        await _node.UntilAsync(() => lesson.Snapshot.Teacher is { Connected: true });
        lesson.Snapshot.Teacher!.Muted.ShouldBeFalse();
    }

    [Fact]
    public async Task Create_WhileLive_IsRefusedAndAfterTheEndBeginsAnew()
    {
        var lesson = _node.CreateLesson("algebra");
        _node.Lessons.Create("algebra", null, new Dictionary<string, string>()).Failure.ShouldBe(LessonFailure.LessonIsLive);
        await lesson.EndAsync();
        _node.Lessons.Create("algebra", null, new Dictionary<string, string>()).Succeeded.ShouldBeTrue();
        _node.Lessons.List().ShouldHaveSingleItem().State.ShouldBe(LessonState.Live);
    }

    [Fact]
    public async Task GarbageAtTheMediaPort_DuringALesson_ChangesNothingForIt()
    {
        var lesson = _node.CreateLesson("algebra");
        var teacher = await _node.ConnectTeacherAsync(lesson);
        var anna = new Listener(await _node.ConnectStudentAsync(lesson, "anna"));
        await lesson.SelectAsync("anna");
        using var attacker = _node.NewClient(true);
        var target = TransportAddress.FromIPv4(0x7F000001, _node.Port.Port);
        var garbage = Mutations.Garbage(2000, 300, 5).ToList();
        for (int index = 0; index < 100; index++)
        {
            foreach (byte[] datagram in garbage.Skip(index * 20).Take(10))
                attacker.SendRaw(datagram, target);
            foreach (byte[] datagram in garbage.Skip((index * 20) + 10).Take(10))
                teacher.SendRaw(datagram, target);
            teacher.SendPacket([0xF8, (byte)(index + 1), 0, 0]);
            await _node.UntilAsync(() => anna.Speech.Count == index + 1);
        }

        anna.Speech.ShouldBe(Enumerable.Range(1, 100));
        anna.AssertOneStream();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _node.DisposeAsync();

    /// <summary>Packets whose second byte is their number, a few milliseconds apart, pumped through.</summary>
    private async Task SpeakAsync(UdpRtcClient teacher, int first, int last)
    {
        for (int number = first; number <= last; number++)
        {
            long before = _node.Port.Counters.PacketsReceived;
            teacher.SendPacket([0xF8, (byte)number, 0, 0]);
            await _node.UntilAsync(() => _node.Port.Counters.PacketsReceived > before);
        }
    }

    private sealed class Listener
    {
        private readonly List<(ushort Sequence, uint Ssrc)> _packets = [];

        public Listener(UdpRtcClient client)
        {
            client.Received = Receive;
        }

        public List<int> Speech { get; } = [];

        public List<int> Markers { get; } = [];

        public int SilenceCount { get; private set; }

        public void AssertOneStream()
        {
            _packets.Select(packet => packet.Ssrc).Distinct().Count().ShouldBe(1);
            for (int index = 1; index < _packets.Count; index++)
                _packets[index].Sequence.ShouldBe((ushort)(_packets[index - 1].Sequence + 1));
        }

        private void Receive(in RtpPacket packet, Instant now)
        {
            _packets.Add((packet.SequenceNumber, packet.Ssrc));
            if (packet.Payload.SequenceEqual(OpusPayload.Silence))
            {
                SilenceCount++;
                return;
            }

            Speech.Add(packet.Payload[1]);
            if (packet.Marker)
                Markers.Add(packet.Payload[1]);
        }
    }
}
