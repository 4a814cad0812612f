using System.Collections.Concurrent;
using Ttm.Recorder.Recordings;
using Ttm.Server.Recordings;

namespace Ttm.Server.Tests.Kit;

internal sealed class FakeRecordings : IRecordings
{
    private readonly ConcurrentDictionary<string, (Recording Recording, RecordingAudio Audio)> _recordings = new();

    public Recording Add(string lesson, RecordingStatus status, RecordingAudio? audio = null)
    {
        var id = "rec-" + (_recordings.Count + 1);
        var at = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
        var recording = new Recording(
            id, lesson, "t-1", "s-1", 1, status, at, at.AddSeconds(2.5), 2.5, new("mp3", 24000, 1, 64000), 100, "abc", "file:///x.mp3", new(125, 2, 1, 1));
        _recordings[id] = (recording, audio ?? new RecordingAudio.Absent());
        return recording;
    }

    public void Add(Recording recording) => _recordings[recording.Id] = (recording, new RecordingAudio.Absent());

    public IReadOnlyList<Recording> List(string lesson) => [.. _recordings.Values.Select(one => one.Recording).Where(one => one.Lesson == lesson)];

    public IReadOnlyList<Recording> Search(RecordingQuery query) => query.Select(_recordings.Values.Select(one => one.Recording));

    public Recording? Find(string recording) => _recordings.TryGetValue(recording, out var one) ? one.Recording : null;

    /// <summary>What deletions were asked for, and by whom.</summary>
    public ConcurrentQueue<(string Recording, string By, string Reason)> Deletions { get; } = new();

    public Func<string, DeletionOutcome> OnDelete { get; set; } = _ => DeletionOutcome.Deleted;

    public Task<DeletionOutcome> DeleteAsync(string recording, string by, string reason, CancellationToken cancellation)
    {
        Deletions.Enqueue((recording, by, reason));
        return Task.FromResult(OnDelete(recording));
    }

    public Task<RecordingAudio> OpenAudioAsync(Recording recording, CancellationToken cancellation) => Task.FromResult(_recordings[recording.Id].Audio);
}
