using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Recordings;

/// <summary>Introduces the recorder to the API and to the lessons.</summary>
internal sealed class RecorderRecordings(RecorderService recorder) : IRecordings, IStretchRecorder
{
    private const string TitleKey = "title";

    public IReadOnlyList<Recording> List(string lesson) => recorder.List(lesson);

    public Recording? Find(string recording) => recorder.Find(recording);

    public IReadOnlyList<Recording> Search(RecordingQuery query) => recorder.Search(query);

    public async Task<RecordingAudio> OpenAudioAsync(Recording recording, CancellationToken cancellation)
    {
        try
        {
            return await recorder.OpenAudioAsync(recording.Id, cancellation) switch
            {
                { Url: { } url } => new RecordingAudio.Redirect(url),
                { Content: { } content } => new RecordingAudio.Content(content),
                _ => new RecordingAudio.Absent(),
            };
        }
        catch (ObjectStoreException exception)
        {
            return new RecordingAudio.StoreUnavailable(exception.Message);
        }
    }

    public Task<DeletionOutcome> DeleteAsync(string recording, string by, string reason, CancellationToken cancellation) =>
        recorder.DeleteAsync(recording, by, reason, cancellation);

    public StretchRecording? Start(Stretch stretch)
    {
        var title = stretch.Metadata.TryGetValue(TitleKey, out var text) ? $"{text} ({stretch.Student})" : null;
        var handle = recorder.Begin(new(stretch.Lesson, stretch.Teacher, stretch.Student, stretch.StartedAt, title, stretch.Clock is { } clock ? clock.At : null));
        return handle is null ? null : new(handle.Id, handle.Sink, handle.Announce);
    }
}
