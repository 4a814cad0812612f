using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Sdp;
using Ttm.Sfu.Media;

namespace Ttm.Sfu.Lessons;

/// <summary>
/// One lesson's control. A gate lets one call in at a time; media objects are touched only by work posted to the loop. The publication outlives
/// the teacher's connections, the roster outlives the students'.
/// </summary>
internal sealed class Lesson : ILesson, IDisposable
{
    private readonly LessonContext _context;
    private readonly SessionFactory _factory;
    private readonly Publication _publication = new();
    private readonly Roster _roster = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly DateTimeOffset _startedAt;
    private readonly IReadOnlyDictionary<string, string> _metadata;
    private readonly bool _isRecorded;
    private readonly LessonSaver? _saver;
    private readonly WallClock _wall;
    private readonly LessonWatch _watch;
    private readonly LessonNews _news;
    private readonly ListenerSwitch _switch;
    private bool _isSuspended;
    private DateTimeOffset? _endedAt;

    /// <param name="stored">A new lesson, or one that an earlier process left.</param>
    public Lesson(StoredLesson stored, bool isRecorded, LessonContext context)
    {
        Id = stored.Id;
        _context = context;
        _factory = new SessionFactory(context.Port);
        _wall = context.Port.Clock.StartWallClock(stored.SwitchedAt ?? stored.StartedAt);
        _watch = new LessonWatch(Id, _roster, _wall, context);
        _news = new LessonNews(Id, _wall, context);
        _metadata = stored.Metadata;
        _isRecorded = isRecorded;
        _saver = isRecorded && context.Store is { } store ? new LessonSaver(store, context.Time, context.Logger) : null;
        _startedAt = stored.StartedAt;
        _endedAt = stored.EndedAt;
        _roster.Teacher = stored.Teacher;
        foreach (string student in stored.Students)
            _roster.TryAddStudent(student);
        _roster.Listener = IsLive ? stored.Listener : null;
        _switch = new ListenerSwitch(stored, isRecorded, _roster, _publication, _wall, context);
        Snapshot = TakeSnapshot();
    }

    public string Id { get; }

    public LessonSnapshot Snapshot { get; private set; }

    public DateTimeOffset Now => _wall.Now;

    private bool IsLive => _endedAt is null;

    /// <summary>Says that it has begun; apart from the constructor, so that the directory has it when the event is read.</summary>
    public void Announce()
    {
        _news.Started(Snapshot);
        _saver?.SaveAsync(ToStored());
    }

    public Task<LessonResult<SessionAccepted>> ConnectTeacherAsync(string teacher, string offer) => RunAsync(async () =>
    {
        if (_roster.Teacher is { } current && current != teacher)
            return LessonResult.Fail<SessionAccepted>(LessonFailure.OtherTeacher, $"The lesson already has the teacher '{current}'.");
        return await ConnectAsync(new SessionOwner(teacher, true), offer);
    });

    public Task<LessonResult<SessionAccepted>> ConnectStudentAsync(string student, string offer) =>
        RunAsync(() => ConnectAsync(new SessionOwner(student, false), offer));

    public Task<LessonResult<SessionPatched>> PatchAsync(string session, string fragment, string? ifMatch) => RunAsync(async () =>
    {
        if (_roster.Find(session) is not { } found)
            return LessonResult.Fail<SessionPatched>(LessonFailure.SessionNotFound, "There is no such session.");
        if (ifMatch is not null and not "*" && ifMatch != found.ETag)
            return LessonResult.Fail<SessionPatched>(LessonFailure.StaleETag, "If-Match names an older ICE generation; its ETag has changed.");
        if (!IceFragment.TryParse(fragment, out var parsed, out var error))
            return LessonResult.Fail<SessionPatched>(LessonFailure.MalformedSdp, error!.Detail);

        // Candidates need no work: a lite agent learns addresses from checks. New credentials are a restart (RFC 9725 section 4.3.3).
        if (parsed!.Credentials is not { } remote || found.Knows(remote))
            return new SessionPatched(false, null, found.ETag);
        return new SessionPatched(true, await _factory.RestartAsync(found, remote, parsed.Mid), found.ETag);
    });

    public async Task<bool> DisconnectAsync(string session)
    {
        var result = await RunAsync(async () =>
        {
            if (_roster.Find(session) is not { } found)
                return LessonResult.Fail<bool>(LessonFailure.SessionNotFound, "There is no such session.");
            await CloseAsync(found, "closed by its owner");
            return true;
        });
        return result.Succeeded;
    }

    public SessionOwner? FindSession(string session) => _roster.Find(session)?.Owner;

    public async Task<LessonResult<ListenerChange>> SelectAsync(string? student)
    {
        using var measure = LessonTelemetry.MeasureSwitch(Id, _context.Time);
        return await RunAsync(async () =>
        {
            if (student == _roster.Listener && !_switch.AwaitsReturn)
                return _switch.GetChange(false);
            if (student is not null && !_roster.TryAddStudent(student))
                return LessonResult.Fail<ListenerChange>(LessonFailure.RosterIsFull, Roster.IsFull);
            await SwitchAsync(student);
            measure.Done(_switch.Recording);
            return LessonResultOf(_switch.GetChange(true));
        });
    }

    public Task<LessonResult<TeacherSnapshot>> SetMutedAsync(bool muted) => RunAsync(() =>
    {
        if (_roster.TeacherSession is not { } session)
            return Task.FromResult(LessonResult.Fail<TeacherSnapshot>(LessonFailure.SessionNotFound, "The teacher is not connected."));
        if (_roster.IsTeacherMuted != muted)
        {
            _roster.IsTeacherMuted = muted;
            Snapshot = TakeSnapshot();
            _news.Muted(session.Owner, muted);
        }

        return Task.FromResult(LessonResultOf(_roster.GetTeacher()!));
    });

    public Task EndAsync() => RunAsync(async () =>
    {
        if (_roster.Listener is not null)
            await SwitchAsync(null);
        await CloseAllAsync("the lesson has ended");
        _endedAt = LessonTime.Ceiling(_wall.Now);
        _news.Ended(TakeSnapshot());
        return LessonResultOf(true);
    });

    /// <summary>The process stops: what is recorded is finished, and the lesson goes on after the next start. One that no store keeps ends.</summary>
    public Task SuspendAsync() => _saver is null ? EndAsync() : RunAsync(async () =>
    {
        _isSuspended = true;
        await _context.Port.InvokeAsync((_, now) => _publication.Switch(null, null, now));
        await CloseAllAsync("the server stops");
        return LessonResultOf(true);
    });

    /// <summary>The loop tells that a connection is up or gone.</summary>
    public Task OnStateChangedAsync(MediaSession media, RtcSessionState state) => RunAsync(() =>
    {
        if (_roster.Find(media.Id) is { } session && ReferenceEquals(session.Media, media))
        {
            if (state == RtcSessionState.Connected)
                OnConnected(session);
            else if (_roster.Remove(session))
                SayDisconnected(session, media.Transport.CloseReason ?? "closed");
        }

        return Task.FromResult(LessonResultOf(true));
    });

    /// <summary>How it is now; on the loop.</summary>
    public LessonReport Report(Instant now) => _watch.Report(Snapshot, _switch.Recording, now);

    public Task<IReadOnlyList<FlightLog>> TakeFlightsAsync() => _watch.TakeFlightsAsync();

    public Task<LessonReport> ReportAsync() => _context.Port.InvokeAsync((_, now) => Report(now));

    public void Dispose() => _gate.Dispose();

    private static LessonResult<T> LessonResultOf<T>(T value) => value;

    private async Task<LessonResult<T>> RunAsync<T>(Func<Task<LessonResult<T>>> work)
    {
        LessonResult<T> result;
        Task saving;
        await _gate.WaitAsync();
        try
        {
            if (!IsLive)
                return LessonResult.Fail<T>(LessonFailure.LessonNotFound, "The lesson has ended.");
            if (_isSuspended)
                return LessonResult.Fail<T>(LessonFailure.Full, "The server is about to stop.");
            result = await work();

            // Who sees that it has ended may make it again: all that this one says and saves must come before.
            saving = _saver?.SaveAsync(ToStored()) ?? Task.CompletedTask;
            Snapshot = TakeSnapshot();
        }
        finally
        {
            _gate.Release();
        }

        await saving;
        return result;
    }

    private StoredLesson ToStored() => new(Id, _roster.Teacher, [.. _roster.Students], _roster.Listener, _metadata, _startedAt, _endedAt, LessonTime.Ceiling(_switch.SwitchedAt));

    private async Task<LessonResult<SessionAccepted>> ConnectAsync(SessionOwner owner, string offer)
    {
        if (_context.Port.IsFull && !_roster.IsPresent(owner))
            return LessonResult.Fail<SessionAccepted>(LessonFailure.Full, "This server has as many connections as it takes.");
        if (!owner.IsTeacher && !_roster.HasRoomFor(owner.Participant))
            return LessonResult.Fail<SessionAccepted>(LessonFailure.RosterIsFull, Roster.IsFull);
        var made = _factory.Create(owner, offer, _publication);
        if (!made.Succeeded)
            return LessonResult.Fail<SessionAccepted>(made.Failure, made.Detail!);

        var (session, answer) = made.Value!;
        session.Media.StateChanged = (media, state) => _context.Signals.Send(this, media, state);
        if (_roster.Add(session) is { } replaced)
            await CloseMediaAsync(replaced, "replaced by a new connection");
        bool listens = !owner.IsTeacher && _roster.Listener == owner.Participant;
        await _context.Port.InvokeAsync((loop, now) =>
        {
            loop.Add(session.Media, now);
            if (session.Media is Publisher publisher)
                _publication.Publish(publisher, now);
            else if (listens)
                _publication.ReplaceListener((Subscription)session.Media, now);
            return true;
        });
        if (_switch.AwaitsReturn && (owner.IsTeacher || listens))
            await SwitchAsync(_roster.Listener);
        return new SessionAccepted(session.Id, answer, session.ETag);
    }

    private async Task SwitchAsync(string? student)
    {
        var stretch = await _switch.ToAsync(student);

        // Before the event: who hears of the switch and asks must not be told what was.
        Snapshot = TakeSnapshot();
        _news.Switched(_switch.GetChange(true));
        stretch?.Announce();
    }

    private async Task CloseAllAsync(string reason)
    {
        foreach (var session in _roster.Sessions)
            await CloseAsync(session, reason);
    }

    private async Task CloseAsync(LessonSession session, string reason)
    {
        _roster.Remove(session);
        await CloseMediaAsync(session, reason);
    }

    /// <summary>For a session that is out of the roster already, so that the loop's own word of its end finds nobody.</summary>
    private async Task CloseMediaAsync(LessonSession session, string reason)
    {
        await _context.Port.InvokeAsync((loop, now) =>
        {
            loop.Close(session.Media, reason, now);
            return true;
        });
        SayDisconnected(session, reason);
    }

    private void OnConnected(LessonSession session)
    {
        session.IsConnected = true;
        Snapshot = TakeSnapshot();
        _news.Connected(session);
    }

    private void SayDisconnected(LessonSession session, string reason)
    {
        _watch.Keep(session, reason);
        bool wasConnected = session.IsConnected;
        session.IsConnected = false;
        Snapshot = TakeSnapshot();
        _news.Disconnected(session, wasConnected, reason);
    }

    private LessonSnapshot TakeSnapshot() => new(
        Id,
        IsLive ? LessonState.Live : LessonState.Ended,
        _startedAt,
        _endedAt,
        _roster.GetTeacher(),
        _roster.GetStudents(),
        _roster.Listener,
        _metadata,
        _isRecorded);
}
