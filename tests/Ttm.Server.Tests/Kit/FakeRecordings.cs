using System.Collections.Concurrent;
using Ttm.Server.Recordings;

namespace Ttm.Server.Tests.Kit;

internal sealed class FakeRecordings : IRecordings
{
    private readonly ConcurrentDictionary<string, (RecordingView View, RecordingAudio Audio)> _recordings = new();

    public RecordingView Add(string lesson, RecordingState status, RecordingAudio audio)
    {
        var id = "rec-" + (_recordings.Count + 1);
        var at = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
        var view = new RecordingView(id, lesson, "t-1", "s-1", 1, status, at, at.AddSeconds(2.5), 2.5, new("mp3", 24000, 1, 64000), 100, "abc", "file:///x.mp3", new(125, 2, 1, 0.02));
        _recordings[id] = (view, audio);
        return view;
    }

    public void Settle(string recording) =>
        _recordings[recording] = (_recordings[recording].View with { Status = RecordingState.Stored }, _recordings[recording].Audio);

    public Task<IReadOnlyList<RecordingView>> ListAsync(string lesson, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<RecordingView>>([.. _recordings.Values.Select(one => one.View).Where(one => one.Lesson == lesson)]);

    public Task<RecordingView?> FindAsync(string recording, CancellationToken cancellation) =>
        Task.FromResult(_recordings.TryGetValue(recording, out var one) ? one.View : null);

    public Task<RecordingAudio> OpenAudioAsync(string recording, CancellationToken cancellation) => Task.FromResult(_recordings[recording].Audio);

    public bool IsUnsettled(string lesson) =>
        _recordings.Values.Any(one => one.View.Lesson == lesson && one.View.Status is not (RecordingState.Stored or RecordingState.Failed));
}
