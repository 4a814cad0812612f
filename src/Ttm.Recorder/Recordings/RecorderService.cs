using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Ttm.Recorder.Journal;
using Ttm.Recorder.Storage;
using Ttm.Rtc;

namespace Ttm.Recorder.Recordings;

/// <summary>
/// The recorder: journal → MP3 → object store. Each stage can be done again from what the one before left in the spool, which is the only queue; a
/// start finishes whatever an earlier process, however it ended, did not.
/// </summary>
public sealed class RecorderService : IAsyncDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = RecorderMetrics.MeterName;

    private const int RingBytes = 128 * 1024;

    private readonly RecordingOptions _options;
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
    private readonly BookRestorer _restorer;
    private readonly LessonUpkeep _upkeep;
    private readonly KeyChoice _keyChoice;
    private readonly StoringStage _storing;
    private readonly RecordingDeletion _deletion;
    private readonly HealthWatch _health;
    private readonly RecorderMetrics _metrics;
    private readonly RecordingNews _news;
    private readonly CancellationTokenSource _stop = new();
    private EncodingDesk? _encoding;
    private FileStream? _lock;
    private Task _watch = Task.CompletedTask;
    private volatile bool _running;

    /// <param name="options">Must have no <see cref="RecordingOptions.Problems"/>.</param>
    /// <param name="keys">How recordings are named in the store.</param>
    /// <param name="settles">Who reads <see cref="Events"/> calls <see cref="Settle"/>; else a recording leaves the spool as soon as it is stored.</param>
    public RecorderService(
        RecordingOptions options,
        ObjectKeyTemplate keys,
        IObjectStore store,
        IRandomness randomness,
        RecorderClock clock,
        ILoggerFactory loggers,
        bool settles = false)
    {
        _options = options;
        _store = store;
        _randomness = randomness;
        _clock = clock;
        _logger = loggers.CreateLogger<RecorderService>();
        _spool = new Spool(options.Spool);
        _uploader = new Uploader(store, _spool, clock, options.ParallelUploads, _logger);
        _books = new BookKeeper(_spool, _catalogue, _uploader, _logger);
        _restorer = new BookRestorer(_spool, _books, store, _uploader, keys.Prefix, clock.Time, _logger);
        _keyChoice = new KeyChoice(keys, _catalogue, _books, store, _uploader, _logger);
        _upkeep = new LessonUpkeep(_books, _restorer, _catalogue, _uploader, options.WholeLesson ? new WholeLessonMaker(_spool, _uploader, options.MinFreeBytes, _logger) : null, clock, _logger);
        _storing = new StoringStage(_spool, _keyChoice, _uploader, _books, _upkeep, clock, recording => _news!.Stored(recording), recording => _encoding!.Remake(recording), settles, _logger);
        _deletion = new RecordingDeletion(_spool, _keyChoice, _catalogue, _books, _storing, clock, _logger);
        _health = new HealthWatch(_spool, store, options, _uploader, clock.Time, _logger);
        _metrics = new RecorderMetrics(() => _works.Active, () => _works.Encoding, () => _works.Lag(_clock.Now()), () => Health, () => _uploader.Count, () => _uploader.OldestAge);
        _news = new RecordingNews(_catalogue, _metrics, clock.Time, _logger);
        _journals = new JournalWriter(clock.Now, new JournalWatch(_catalogue, _rings, _metrics, _news, work => _encoding!.Enqueue(work), _logger));
    }

    /// <summary>What happens, in order per recording; read by one. After a crash an event may come a second time, and none is missing.</summary>
    public ChannelReader<RecordingEvent> Events => _news.Events;

    public RecorderHealth Health => _health.Health;

    /// <summary>What waits for the object store.</summary>
    public UploadQueue Uploads => new(_uploader.Count, _uploader.OldestAge);

    /// <summary>How far the slowest of the recordings that this process began is behind.</summary>
    public TimeSpan TranscoderLag => _works.Lag(_clock.Now());

    /// <summary>Recordings of an earlier process that have no MP3 yet.</summary>
    public int Backlog => _works.Found;

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
        _books.Load();
        await _restorer.StartAsync(cancellationToken).ConfigureAwait(false);
        _encoding = new EncodingDesk(_options.Workers > 0 ? _options.Workers : Environment.ProcessorCount, _spool, _keyChoice, _catalogue, _works, _storing, _news, _metrics, _clock.Time, _logger);
        new SpoolRecovery(_spool, _books, _catalogue, _works, _encoding, _storing, _news, _logger).Run();
        _restorer.WhenRead(BeginUpkeeps);
        BeginUpkeeps();
        _journals.Start();
        _watch = _health.RunAsync(_stop.Token);
        _running = true;
    }

    /// <summary>
    /// Takes no more recordings, brings all journals to disk, finishes and stores what is closed. When <paramref name="cancellationToken"/> says that it
    /// takes too long, or the store is away, the rest stays in the spool for the next start. End the lessons before.
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

            // Waiting for a store that is away would only hold up who wants to stop.
            if (_health.IsStoreWell)
                await _storing.Running.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The spool keeps it.
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _restorer.DisposeAsync().ConfigureAwait(false);
        await _encoding!.DisposeAsync().ConfigureAwait(false);
        await _storing.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _watch.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }

        _works.DisposeTranscoders();
        _news.Complete();
    }

    /// <summary>The recording's <see cref="RecordingEventTypes.Stored"/> is where a crash cannot reach it: it may leave the spool, which tells of it again else.</summary>
    public void Settle(string id)
    {
        try
        {
            _spool.Remove(id);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.BooksRefused(_logger, exception.Message);
        }
    }

    /// <summary>Begins a recording; no disk is touched on the caller's time. Null where nothing is recorded: not
    /// enabled, not running, or names that are no names of API.md.</summary>
    public RecordingHandle? Begin(RecordingRequest request)
    {
        if (!_running)
            return null;

        string id = RecordingId.Create(request.StartedAt, _randomness);
        var heading = new JournalHeading(
            id, request.Lesson, request.Teacher, request.Student, 1, request.StartedAt, ShortText.Clip(request.Title), _options.SampleRate, _options.Bitrate);
        if (!heading.IsSound)
        {
            Log.NotRecordable(_logger, request.Lesson, request.Student);
            return null;
        }

        var format = new RecordingFormat("mp3", _options.SampleRate, 1, _options.Bitrate);
        Recording recording = _catalogue.Begin(request.Lesson, sequence => new Recording(
            id, request.Lesson, request.Teacher, request.Student, sequence, RecordingStatus.Recording, request.StartedAt, null, null, format, null, null, null, null));
        var sink = new RecordingSink(_rings.Take());
        Func<Instant, DateTimeOffset> toWallTime = request.ToWallTime ?? _clock.ToWallTime;
        var appender = new JournalAppender(sink, heading with { Sequence = recording.Sequence }, _spool.JournalOf(id), toWallTime);
        var work = new RecordingWork(id, sink, appender);
        _works.Add(work);
        _journals.Add(work);
        Log.Began(_logger, id, request.Lesson, request.Student, recording.Sequence);
        return new RecordingHandle(id, sink, () => Announce(recording, sink, toWallTime));
    }

    /// <summary>The lesson's recordings, oldest first.</summary>
    public IReadOnlyList<Recording> List(string lesson) => _catalogue.List(lesson);

    public Recording? Find(string id) => _catalogue.Find(id);

    public IReadOnlyList<Recording> Search(RecordingQuery query) => _catalogue.Search(query);

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

        return _books.Find(recording) is { } finished ? await _store.OpenAsync(finished.Key, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>
    /// A lesson is over: its messages go into the manifest, and its recordings are joined to one MP3 when all are stored. Quick; the work is done behind.
    /// May be called again with the same beginning. A lesson of which nothing was recorded leaves no trace.
    /// </summary>
    public void LessonEnded(string lesson, DateTimeOffset startedAt, DateTimeOffset endedAt, IReadOnlyList<LessonMessage> messages)
    {
        var sitting = new Sitting(startedAt, endedAt, [.. messages.Select(message => new BookMessage(0, message.Id, message.From, message.Text, message.At))], null);
        if (HasTrace(lesson, sitting))
            _storing.BeginEntry(lesson, sitting);
    }

    /// <summary>Whether something of a lesson that is over was recorded, and its book does not know of the end: the process died, or the disk refused it.</summary>
    public bool AwaitsEnd(string lesson, DateTimeOffset startedAt, DateTimeOffset endedAt)
    {
        var sitting = new Sitting(startedAt, endedAt, [], null);
        return HasTrace(lesson, sitting) && !_books.Knows(lesson, sitting);
    }

    /// <summary>
    /// Deletes a recording for good: its sound in the spool, in the store and in the whole lesson, which is made again with silence in its place. A tombstone
    /// says who did it, when and why. Throws <see cref="IOException"/> where the book cannot be written; then nothing has changed.
    /// </summary>
    public Task<DeletionOutcome> DeleteAsync(string id, string by, string reason, CancellationToken cancellationToken) =>
        _deletion.DeleteAsync(id, by, reason, mayDelete: _running, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await _restorer.DisposeAsync().ConfigureAwait(false);
        _journals.Dispose();
        _deletion.Dispose();
        _uploader.Dispose();
        _metrics.Dispose();
        _stop.Dispose();
        _lock?.Dispose();
    }

    /// <summary>Ends when everything that is closed is stored, and the books with it.</summary>
    internal async Task WaitForIdleAsync(CancellationToken cancellationToken = default)
    {
        await _works.WaitForClosedAsync(cancellationToken).ConfigureAwait(false);
        await _storing.Running.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool HasTrace(string lesson, Sitting sitting) =>
        _running && (_catalogue.List(lesson).Any(recording => sitting.Covers(recording.StartedAt)) || _books.HasDeleted(lesson, sitting));

    private void BeginUpkeeps()
    {
        foreach (string lesson in _books.LessonsWithWork())
            _ = _storing.BeginUpkeep(lesson);
    }

    private void Announce(Recording recording, RecordingSink sink, Func<Instant, DateTimeOffset> toWallTime)
    {
        Recording started = sink.IsOpened ? recording with { StartedAt = toWallTime(sink.Start.At) } : recording;
        _catalogue.Replace(recording, started);
        _news.Started(started);
    }
}
