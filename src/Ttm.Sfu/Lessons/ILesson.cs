namespace Ttm.Sfu.Lessons;

/// <summary>
/// One lesson's control: its calls run one after another, whoever makes them. Media runs beside it, on the loop. Apart from the media, so that
/// it can become a grain.
/// </summary>
public interface ILesson
{
    string Id { get; }

    LessonSnapshot Snapshot { get; }

    /// <summary>The wall time by which everything of the lesson is dated: it runs on when the machine's clock is set.</summary>
    DateTimeOffset Now { get; }

    /// <summary>WHIP: a teacher's offer. The same teacher again replaces the old connection; another one is refused.</summary>
    Task<LessonResult<SessionAccepted>> ConnectTeacherAsync(string teacher, string offer);

    /// <summary>WHEP: a student's offer. The same student again replaces the old connection.</summary>
    Task<LessonResult<SessionAccepted>> ConnectStudentAsync(string student, string offer);

    /// <summary>PATCH on the session URL (RFC 8840 fragments). <paramref name="ifMatch"/> is an ETag without quotes, <c>*</c>, or null.</summary>
    Task<LessonResult<SessionPatched>> PatchAsync(string session, string fragment, string? ifMatch);

    /// <summary>DELETE on the session URL; false where there is no such session.</summary>
    Task<bool> DisconnectAsync(string session);

    /// <summary>Whose session this is, or null: the API checks the owner before it calls.</summary>
    SessionOwner? FindSession(string session);

    /// <summary>Selects the listener, who need not be connected; null for nobody.</summary>
    Task<LessonResult<ListenerChange>> SelectAsync(string? student);

    /// <summary>What the lesson's connections have gone through in the last minute, and what those that have ended went through before.</summary>
    Task<IReadOnlyList<FlightLog>> TakeFlightsAsync();

    /// <summary>The teacher says that the microphone is muted, or no longer is; told to the students. Media is not touched: a muted browser sends silence.
    /// <see cref="LessonFailure.SessionNotFound"/> where no teacher is connected.</summary>
    Task<LessonResult<TeacherSnapshot>> SetMutedAsync(bool muted);

    /// <summary>The lesson with its connections as they are now.</summary>
    Task<LessonReport> ReportAsync();

    /// <summary>Ends the lesson: connections close, the running recording finishes. Ending an ended lesson changes nothing.</summary>
    Task EndAsync();
}

/// <param name="Participant">The teacher's or student's id.</param>
public sealed record SessionOwner(string Participant, bool IsTeacher)
{
    internal ParticipantEvent ToEvent(string lesson) => new(lesson, IsTeacher ? Participant : null, IsTeacher ? null : Participant);
}

/// <summary>All lessons of this node; ended ones are kept until <c>a limit</c> of newer ones has ended.</summary>
public interface ILessons
{
    /// <summary>Live and ended ones, newest first.</summary>
    IReadOnlyList<LessonSnapshot> List();

    /// <summary>Why no further lesson is taken, in one sentence; null where one is.</summary>
    string? FullReason { get; }

    /// <summary>The live ones with their connections, newest first. Costs the media loop a little: for an operator, not for each request.</summary>
    Task<IReadOnlyList<LessonReport>> ReportAsync();

    /// <summary>A live or an ended lesson.</summary>
    ILesson? Find(string id);

    /// <summary>Creates a lesson; <see cref="LessonFailure.LessonIsLive"/> where one of that id is live, <see cref="LessonFailure.Full"/> where the node takes no more.</summary>
    /// <param name="isRecorded">False: nothing of the lesson touches the disk.</param>
    LessonResult<ILesson> Create(string id, string? teacher, IReadOnlyDictionary<string, string> metadata, bool isRecorded = true);

    /// <summary>Whether a new lesson could serve this offer: asked before one is made for it.</summary>
    LessonResult<bool> CheckOffer(string offer, bool isTeacher);

    /// <summary>Brings back, at start, the lessons that an earlier process left: nobody is connected, the listener is still selected.</summary>
    void Restore();

    /// <summary>
    /// Before the process stops: connections close and recordings finish; lessons that a store keeps go on after the next start, the others end.
    /// </summary>
    Task SuspendAsync();
}
