using Ttm.Net;
using Ttm.Sfu.Media;

namespace Ttm.Sfu.Lessons;

/// <summary>Who listens, since when and in which recording. Under the lesson's gate.</summary>
internal sealed class ListenerSwitch(StoredLesson stored, bool isRecorded, Roster roster, Publication publication, WallClock wall, LessonContext context)
{
    /// <summary>When the listener was selected; the lesson's beginning where nobody ever was.</summary>
    public DateTimeOffset SwitchedAt { get; private set; } = stored.SwitchedAt ?? stored.StartedAt;

    /// <summary>The recording that runs; null where nobody listens, or nothing is recorded.</summary>
    public string? Recording { get; private set; }

    /// <summary>After a restart nobody is there to be recorded; the recording for the listener begins when the teacher or that student comes back.</summary>
    public bool AwaitsReturn { get; private set; } = roster.Listener is not null;

    /// <summary>Ends the one's recording and begins the other's, at the same packet.</summary>
    /// <param name="student">Who is to listen; null for nobody.</param>
    /// <returns>The recording, to be announced after the switch; null where there is none.</returns>
    public async Task<StretchRecording?> ToAsync(string? student)
    {
        var former = roster.Listener is { } listener ? roster.FindStudent(listener)?.Media : null;
        var subscription = student is null ? null : roster.FindStudent(student)?.Media as Subscription;
        var recording = student is null || !isRecorded
            ? null
            : context.Recorder.Start(new Stretch(stored.Id, roster.Teacher, student, wall.Now, stored.Metadata, wall));
        var at = await context.Port.InvokeAsync((loop, now) =>
        {
            var position = publication.Switch(subscription, recording?.Sink, now);
            loop.Reschedule(former);
            loop.Reschedule(subscription);
            return position.At;
        });
        roster.Listener = student;
        AwaitsReturn = false;
        Recording = recording?.Recording;
        SwitchedAt = wall.At(at);
        return recording;
    }

    public ListenerChange GetChange(bool changed)
    {
        bool connected = roster.Listener is { } listener && roster.FindStudent(listener) is { IsConnected: true };
        return new ListenerChange(stored.Id, roster.Listener, connected, Recording, SwitchedAt, changed);
    }
}
