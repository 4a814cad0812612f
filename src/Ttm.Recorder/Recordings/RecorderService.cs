using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Ttm.Recorder.Journal;
using Ttm.Recorder.Storage;
using Ttm.Recorder.Transcoding;
using Ttm.Rtc;

namespace Ttm.Recorder.Recordings;

/// <summary>
/// The recorder: journal → MP3 → object store. Each stage can be done again from what the one before left in the spool, which is the only queue; a
/// start finishes whatever an earlier process, however it ended, did not.
/// </summary>
public sealed class RecorderService : IJournalObserver, IAsyncDisposable
{
    private const int RingBytes = 128 * 1024;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly RecordingOptions _options;
    private readonly ObjectKeyTemplate _keys;
    private readonly IObjectStore _store;
    private readonly IRandomness _randomness;
    private readonly RecorderClock _clock;
    private readonly ILogger _logger;
    private readonly Spool _spool;
    private readonly RecordingCatalogue _catalogue = new();
    private readonly RingPool _rings = new(RingBytes);
    private readonly WorkList _works = new();
    private readonly JournalWriter _journals;
    private readonly Uploader _uploader;
    private readonly BookKeeper _books;
    private readonly StoringStage _storing;
    private readonly HealthWatch _health;
    private readonly RecorderMetrics _metrics;
    private readonly EncodingStage _encoding;
    private readonly Channel<RecordingEvent> _events = Channel.CreateUnbounded<RecordingEvent>();
    private readonly CancellationTokenSource _stop = new();
    private TranscoderPool? _pool;
    private FileStream? _lock;
    private Task _watch = Task.CompletedTask;
    private volatile bool _running;

    /// <param name="options">Must have no <see cref="RecordingOptions.Problems"/>.</param>
    /// <param name="keys">How recordings are named in the store.</param>
    public RecorderService(
        RecordingOptions options,
        ObjectKeyTemplate keys,
        IObjectStore store,
        IRandomness randomness,
        RecorderClock clock,
        ILoggerFactory loggers)
    {
        _options = options;
        _keys = keys;
        _store = store;
        _randomness = randomness;
        _clock = clock;
        _logger = loggers.CreateLogger<RecorderService>();
        _spool = new Spool(options.Spool);
        _journals = new JournalWriter(clock.Now, this);
        _uploader = new Uploader(store, _spool, clock, options.ParallelUploads, _logger);
        _books = new BookKeeper(_spool, store, _uploader, _logger);
        _storing = new StoringStage(_spool, store, _uploader, _books, clock, OnStored, _logger);
        _health = new HealthWatch(_spool, store, options, clock.Time, _logger);
        _metrics = new RecorderMetrics(() => _works.Active, () => _works.Lag(_clock.Now()), () => Health, () => _uploader.Count, () => _uploader.OldestAge);
        _encoding = new EncodingStage(_spool, _metrics, _logger);
    }

    /// <summary>What happens, in order per recording; read by one. After a crash an event may come a second time, and none is missing.</summary>
    public ChannelReader<RecordingEvent> Events => _events.Reader;

    public RecorderHealth Health => _health.Health;

    /// <summary>
    /// Takes the spool, finishes what lies in it, begins to take recordings. Throws <see cref="IOException"/> with a sentence where the spool
    /// cannot be used.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_options.Enabled)
            return;
        try
        {
            _lock = _spool.Lock();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Recording:Spool ({_spool.Directory}) cannot be used: {exception.Message}", exception);
        }

        await _health.CheckAsync(cancellationToken).ConfigureAwait(false);
        _storing.KnowsAllKeys = await _books.LoadAsync(_keys.Prefix, cancellationToken).ConfigureAwait(false);
        foreach (FinishedRecording finished in _books.All())
            _catalogue.Set(finished.Recording);
        _pool = new TranscoderPool(_options.Workers > 0 ? _options.Workers : Environment.ProcessorCount, Process);
        foreach (string id in _spool.Ids())
            Recover(id);
        foreach (string lesson in _books.LessonsWithOldManifest())
            _storing.BeginManifest(lesson);
        _journals.Start();
        _watch = _health.RunAsync(_stop.Token);
        _running = true;
    }

    /// <summary>
    /// Takes no more recordings, brings all journals to disk, finishes and stores what is closed. When <paramref name="cancellationToken"/> says that it
    /// takes too long, the rest stays in the spool for the next start. End the lessons before.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_running)
            return;
        _running = false;
        _journals.Stop();
        try
        {
            await _works.WaitForClosedAsync(cancellationToken).ConfigureAwait(false);
            await _storing.Running.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The spool keeps it.
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        _pool!.Dispose();
        await _storing.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _watch.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }

        _works.DisposeTranscoders();
        _events.Writer.TryComplete();
    }

    /// <summary>Begins a recording; no disk is touched on the caller's time. Null where nothing is recorded: not enabled, or not running.</summary>
    public RecordingHandle? Begin(RecordingRequest request)
    {
        if (!_running)
            return null;

        string id = RecordingId.Create(request.StartedAt, _randomness);
        var format = new RecordingFormat("mp3", _options.SampleRate, 1, _options.Bitrate);
        Recording recording = _catalogue.Begin(request.Lesson, sequence => new Recording(
            id, request.Lesson, request.Teacher, request.Student, sequence, RecordingStatus.Recording, request.StartedAt, null, null, format, null, null, null, null));
        var heading = new JournalHeading(
            id, request.Lesson, request.Teacher, request.Student, recording.Sequence, request.StartedAt, Clip(request.Title), _options.SampleRate, _options.Bitrate);
        var sink = new RecordingSink(_rings.Take());
        var work = new RecordingWork(id, sink, new JournalAppender(sink, heading, _spool.JournalOf(id), _clock.ToWallTime));
        _works.Add(work);
        _journals.Add(work);
        Log.Began(_logger, id, request.Lesson, request.Student, recording.Sequence);
        Publish(RecordingEventTypes.Started, recording);
        return new RecordingHandle(id, sink);
    }

    /// <summary>The lesson's recordings, oldest first.</summary>
    public IReadOnlyList<Recording> List(string lesson) => _catalogue.List(lesson);

    public Recording? Find(string id) => _catalogue.Find(id);

    /// <summary>
    /// The MP3: from the store, or from the spool while it is not there yet. Null where there is none (yet): <see cref="Find"/> tells why. Throws
    /// <see cref="ObjectStoreException"/>.
    /// </summary>
    public async Task<ObjectAudio?> OpenAudioAsync(string id, CancellationToken cancellationToken)
    {
        if (_catalogue.Find(id) is not { } recording)
            return null;
        if (recording.Status == RecordingStatus.Uploading)
        {
            try
            {
                return new ObjectAudio(File.OpenRead(_spool.Mp3Of(id)), null);
            }
            catch (FileNotFoundException)
            {
                // It was stored in this very moment.
            }
        }

        return _books.KeyOf(recording) is { } key ? await _store.OpenAsync(key, cancellationToken).ConfigureAwait(false) : null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        _journals.Dispose();
        _uploader.Dispose();
        _metrics.Dispose();
        _stop.Dispose();
        _lock?.Dispose();
    }

    void IJournalObserver.Grown(RecordingWork work) => _pool!.Enqueue(work);

    void IJournalObserver.Completed(RecordingWork work)
    {
        if (_catalogue.Find(work.Id) is { Status: RecordingStatus.Recording } recording)
        {
            TimeSpan duration = work.Sink!.End.At - work.Sink.Start.At;
            _catalogue.Set(recording with { Status = RecordingStatus.Encoding, EndedAt = recording.StartedAt + duration, Duration = duration.TotalSeconds });
        }

        _rings.Return(work.Sink!.Ring);
        _pool!.Enqueue(work);
    }

    void IJournalObserver.Refused(RecordingWork work, Exception exception)
    {
        if (!work.IsRefused)
            Log.JournalRefused(_logger, work.Id, exception.Message);
        work.IsRefused = true;
    }

    void IJournalObserver.Dropped(RecordingWork work, long packets)
    {
        Log.PacketsDropped(_logger, work.Id, packets);
        _metrics.Dropped(packets);
        if (!work.IsDropReported)
            Fail(work.Id, "The spool's disk did not take the recording's packets; a part of it is missing.");
        work.IsDropReported = true;
    }

    private static string? Clip(string? title) => title is { Length: > 256 } ? title[..256] : title;

    private bool Process(RecordingWork work)
    {
        try
        {
            if (work.IsGivenUp)
                return false;
            switch (_encoding.Process(work, out EncodedRecording? encoded))
            {
                case EncodingOutcome.More:
                    return true;
                case EncodingOutcome.Complete:
                    Finished(work, encoded!);
                    return false;
                case EncodingOutcome.TryLater:
                    _ = EnqueueLaterAsync(work);
                    return false;
                case EncodingOutcome.Nothing:
                    Log.JournalUnreadable(_logger, work.Id);
                    _spool.SetAside(work.Id);
                    _catalogue.Remove(work.Id);
                    _works.Remove(work);
                    return false;
                case EncodingOutcome.Failed:
                    GiveUp(work);
                    return false;
                default:
                    return false;
            }
        }
        catch (Exception exception)
        {
            Log.EncodingFailed(_logger, exception, work.Id);
            _ = EnqueueLaterAsync(work);
            return false;
        }
    }

    private void Finished(RecordingWork work, EncodedRecording encoded)
    {
        Recording recording = _catalogue.Find(work.Id)!;
        double duration = (double)encoded.Mp3.Samples / recording.Format.SampleRate;
        recording = recording with
        {
            Status = RecordingStatus.Uploading,
            EndedAt = recording.StartedAt + TimeSpan.FromSeconds(duration),
            Duration = duration,
            Bytes = encoded.Mp3.Bytes,
            Sha256 = encoded.Mp3.Sha256,
            Quality = encoded.Quality,
        };
        string key = _keys.Render(recording.StartedAt, recording.Lesson, recording.Teacher ?? "unknown", recording.Student, recording.Sequence, recording.Id);
        var finished = new FinishedRecording(recording, key, encoded.Mp3.Samples, encoded.OpenedAt, encoded.ClosedAt);
        _spool.Save(finished);
        _catalogue.Set(recording);
        RecordingQuality quality = encoded.Quality;
        Log.Finished(_logger, work.Id, duration, encoded.Mp3.Bytes, quality.PacketsExpected, quality.PacketsLost, quality.PacketsRecovered, quality.Concealed);
        _metrics.Finished();
        Publish(RecordingEventTypes.Finished, recording);
        _storing.Begin(finished);
        _works.Remove(work);
    }

    private void GiveUp(RecordingWork work)
    {
        work.IsGivenUp = true;
        if (_catalogue.Find(work.Id) is { } recording)
            _catalogue.Set(recording with { Status = RecordingStatus.Failed });
        Fail(work.Id, "The recording cannot be encoded; its journal stays in the spool and is tried again at the next start.");
        _works.Remove(work);
    }

    private void Fail(string id, string reason)
    {
        _metrics.Failed();
        if (_catalogue.Find(id) is { } recording)
            Publish(RecordingEventTypes.Failed, recording with { Status = RecordingStatus.Failed }, reason);
    }

    private void OnStored(Recording recording)
    {
        _catalogue.Set(recording);
        _metrics.Stored();
        Log.Stored(_logger, recording.Id, recording.Location!);
        Publish(RecordingEventTypes.Stored, recording);
    }

    private async Task EnqueueLaterAsync(RecordingWork work)
    {
        try
        {
            await Task.Delay(RetryPause, _clock.Time, _stop.Token).ConfigureAwait(false);
            _pool!.Enqueue(work);
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Goes on with what lies in the spool, from where its files say it was.</summary>
    private void Recover(string id)
    {
        if (_catalogue.Find(id) is { Status: RecordingStatus.Stored } stored)
        {
            // Between the books and the broom: its event may not have gone out.
            Log.Recovered(_logger, id, "stored");
            Publish(RecordingEventTypes.Stored, stored);
            _spool.Remove(id);
        }
        else if (_spool.TryLoad(id) is { } finished)
        {
            Log.Recovered(_logger, id, "to be stored");
            _catalogue.Set(finished.Recording);
            Publish(RecordingEventTypes.Finished, finished.Recording);
            _storing.Begin(finished);
        }
        else if (!_spool.HasJournal(id))
        {
            _spool.Remove(id);
        }
        else if (JournalReader.ReadHeading(_spool.JournalOf(id)) is { } heading)
        {
            Log.Recovered(_logger, id, "to be encoded");
            var format = new RecordingFormat("mp3", heading.SampleRate, 1, heading.Bitrate);
            _catalogue.Set(new Recording(
                id, heading.Lesson, heading.Teacher, heading.Student, heading.Sequence, RecordingStatus.Encoding, heading.StartedAt, null, null, format, null, null, null, null));
            var work = new RecordingWork(id, null, null);
            _works.Add(work);
            _pool!.Enqueue(work);
        }
        else
        {
            Log.JournalUnreadable(_logger, id);
            _spool.SetAside(id);
        }
    }

    private void Publish(string type, Recording recording, string? reason = null) =>
        _events.Writer.TryWrite(new RecordingEvent(type, _clock.Time.GetUtcNow(), recording, reason));
}
