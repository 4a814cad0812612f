namespace Ttm.Sfu.Lessons;

/// <summary>Why a request was not fulfilled. The API maps each to its status code.</summary>
public enum LessonFailure
{
    None = 0,

    /// <summary>No such lesson, or it has ended (404).</summary>
    LessonNotFound,

    /// <summary>The lesson is live already (409).</summary>
    LessonIsLive,

    /// <summary>Another teacher has the lesson (409).</summary>
    OtherTeacher,

    /// <summary>No such session, or it was replaced or closed (404).</summary>
    SessionNotFound,

    /// <summary>The SDP or the fragment cannot be parsed (400).</summary>
    MalformedSdp,

    /// <summary>The offer is well-formed and cannot be served: no audio, no Opus, no DTLS fingerprint, wrong direction (422).</summary>
    UnacceptableSdp,

    /// <summary>If-Match names an older ICE generation (412).</summary>
    StaleETag,

    /// <summary>The lesson's roster takes no further student (409).</summary>
    RosterIsFull,

    /// <summary>The node takes no more (503).</summary>
    Full,
}

/// <summary>A value, or a failure with a sentence that a person can act on.</summary>
public readonly record struct LessonResult<T>(T? Value, LessonFailure Failure, string? Detail)
{
    public bool Succeeded => Failure == LessonFailure.None;

    public static implicit operator LessonResult<T>(T value) => new(value, LessonFailure.None, null);
}

public static class LessonResult
{
    public static LessonResult<T> Fail<T>(LessonFailure failure, string detail) => new(default, failure, detail);
}

/// <summary>A media connection was accepted.</summary>
/// <param name="Session">128 random bits in base64url: the last segment of the session URL.</param>
/// <param name="Answer">The SDP answer.</param>
/// <param name="ETag">The ICE generation, without quotes.</param>
public sealed record SessionAccepted(string Session, string Answer, string ETag);

/// <summary>What a PATCH did.</summary>
/// <param name="Restarted">True for an ICE restart (200 with the fragment), false for candidates alone (204).</param>
/// <param name="Fragment">The new <c>application/trickle-ice-sdpfrag</c> where restarted.</param>
public sealed record SessionPatched(bool Restarted, string? Fragment, string ETag);

/// <summary>The answer of PUT and DELETE listener, and the data of <c>listener.changed</c>.</summary>
/// <param name="Student">The listener, or null for nobody.</param>
/// <param name="Connected">Whether that student's media is connected now.</param>
/// <param name="Recording">The id of the recording that runs, or null.</param>
/// <param name="Changed">False where the same student was selected again.</param>
public sealed record ListenerChange(string Lesson, string? Student, bool Connected, string? Recording, DateTimeOffset SwitchedAt, bool Changed);
