using System.Security.Cryptography;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Tests.Kit;

internal sealed class FakeLesson : ILesson
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FakeSession> _sessions = [];
    private readonly ILessonEventSink _events;
    private readonly TimeProvider _clock;
    private ListenerChange? _last;

    public FakeLesson(string id, string? teacher, IReadOnlyDictionary<string, string> metadata, bool isRecorded, ILessonEventSink events, TimeProvider clock)
    {
        (_events, _clock) = (events, clock);
        Snapshot = new(id, LessonState.Live, clock.GetUtcNow(), null, teacher is null ? null : new(teacher, false), [], null, metadata, isRecorded);
    }

    public string Id => Snapshot.Id;

    public LessonSnapshot Snapshot { get; private set; }

    public DateTimeOffset Now => _clock.GetUtcNow();

    public Task<LessonResult<SessionAccepted>> ConnectTeacherAsync(string teacher, string offer)
    {
        lock (_gate)
        {
            if (Snapshot.Teacher is { } other && other.Id != teacher)
                return Fail<SessionAccepted>(LessonFailure.OtherTeacher, $"Teacher {other.Id} has lesson {Id}.");
            if (Refuse(offer) is { } failure)
                return Fail<SessionAccepted>(failure, "The offer is of no use.");
            Snapshot = Snapshot with { Teacher = new(teacher, true) };
            return Accept(teacher, isTeacher: true, new ParticipantEvent(Id, teacher, null));
        }
    }

    public Task<LessonResult<SessionAccepted>> ConnectStudentAsync(string student, string offer)
    {
        lock (_gate)
        {
            if (Refuse(offer) is { } failure)
                return Fail<SessionAccepted>(failure, "The offer is of no use.");
            Snapshot = Snapshot with { Students = [.. Snapshot.Students.Where(one => one.Id != student), new(student, true, Snapshot.Listener == student)] };
            return Accept(student, isTeacher: false, new ParticipantEvent(Id, null, student));
        }
    }

    public Task<LessonResult<SessionPatched>> PatchAsync(string session, string fragment, string? ifMatch)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(session, out var found))
                return Fail<SessionPatched>(LessonFailure.SessionNotFound, "Gone.");
            if (ifMatch is not null and not "*" && ifMatch != found.ETag)
                return Fail<SessionPatched>(LessonFailure.StaleETag, "An older ICE generation.");
            if (!fragment.Contains("a=", StringComparison.Ordinal))
                return Fail<SessionPatched>(LessonFailure.MalformedSdp, "This is no fragment.");
            if (!fragment.Contains("ice-ufrag:new", StringComparison.Ordinal))
                return Task.FromResult<LessonResult<SessionPatched>>(new SessionPatched(false, null, found.ETag));
            found.ETag += "x";
            return Task.FromResult<LessonResult<SessionPatched>>(new SessionPatched(true, "a=ice-ufrag:srv\r\na=ice-pwd:pwd\r\n", found.ETag));
        }
    }

    public Task<bool> DisconnectAsync(string session)
    {
        lock (_gate)
            return Task.FromResult(_sessions.Remove(session));
    }

    public SessionOwner? FindSession(string session)
    {
        lock (_gate)
            return _sessions.TryGetValue(session, out var found) ? found.Owner : null;
    }

    public Task<LessonResult<ListenerChange>> SelectAsync(string? student)
    {
        lock (_gate)
        {
            if (Snapshot.State == LessonState.Ended)
                return Fail<ListenerChange>(LessonFailure.LessonNotFound, $"Lesson {Id} has ended.");
            if (_last is not null && student == Snapshot.Listener)
                return Task.FromResult<LessonResult<ListenerChange>>(_last with { Changed = false });
            Snapshot = Snapshot with
            {
                Listener = student,
                Students = [.. Snapshot.Students.Select(one => one with { Listening = one.Id == student })],
            };
            _last = new(Id, student, Snapshot.Students.Any(one => one.Id == student && one.Connected), null, _clock.GetUtcNow(), true);
            _events.Publish(new(LessonEventTypes.ListenerChanged, Id, _last.SwitchedAt, _last));
            return Task.FromResult<LessonResult<ListenerChange>>(_last);
        }
    }

    public Task<IReadOnlyList<FlightLog>> TakeFlightsAsync() => Task.FromResult<IReadOnlyList<FlightLog>>([]);

    public Task<LessonResult<TeacherSnapshot>> SetMutedAsync(bool muted)
    {
        lock (_gate)
        {
            if (Snapshot.Teacher is not { Connected: true } teacher)
                return Fail<TeacherSnapshot>(LessonFailure.SessionNotFound, "The teacher is not connected.");
            Snapshot = Snapshot with { Teacher = teacher with { Muted = muted } };
            _events.Publish(new(muted ? LessonEventTypes.TeacherMuted : LessonEventTypes.TeacherUnmuted, Id, _clock.GetUtcNow(), new ParticipantEvent(Id, teacher.Id, null)));
            return Task.FromResult<LessonResult<TeacherSnapshot>>(Snapshot.Teacher);
        }
    }

    public Task<LessonReport> ReportAsync() => Task.FromResult(new LessonReport(Snapshot, null, []));

    public Task EndAsync()
    {
        lock (_gate)
        {
            if (Snapshot.State == LessonState.Ended)
                return Task.CompletedTask;
            _sessions.Clear();
            Snapshot = Snapshot with { State = LessonState.Ended, EndedAt = _clock.GetUtcNow(), Listener = null };
            _events.Publish(new(LessonEventTypes.LessonEnded, Id, _clock.GetUtcNow(), Snapshot));
            return Task.CompletedTask;
        }
    }

    public static LessonFailure? Refuse(string offer) =>
        offer.Contains("bad", StringComparison.Ordinal) ? LessonFailure.MalformedSdp
        : offer.Contains("video", StringComparison.Ordinal) ? LessonFailure.UnacceptableSdp
        : null;

    private static Task<LessonResult<T>> Fail<T>(LessonFailure failure, string detail) => Task.FromResult(LessonResult.Fail<T>(failure, detail));

    private Task<LessonResult<SessionAccepted>> Accept(string participant, bool isTeacher, ParticipantEvent data)
    {
        foreach (var (old, _) in _sessions.Where(pair => pair.Value.Owner == new SessionOwner(participant, isTeacher)).ToList())
            _sessions.Remove(old);
        var id = RandomNumberGenerator.GetHexString(32);
        _sessions.Add(id, new(new(participant, isTeacher)));
        _events.Publish(new(isTeacher ? LessonEventTypes.TeacherConnected : LessonEventTypes.StudentConnected, Id, _clock.GetUtcNow(), data));
        return Task.FromResult<LessonResult<SessionAccepted>>(new SessionAccepted(id, "v=0\r\n", "g1"));
    }

    private sealed class FakeSession(SessionOwner owner)
    {
        public SessionOwner Owner { get; } = owner;

        public string ETag { get; set; } = "g1";
    }
}
