using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Recorder.Journal;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>Recorders on a real spool and a store in memory, and a teacher who speaks. Time passes only where a test says so.</summary>
internal sealed class RecorderFixture : IAsyncDisposable
{
    public const string Lesson = "algebra-1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("ttm-recorder-");
    private readonly FakeClock _clock = new();
    private readonly FakeClock _origin = new();
    private readonly SeededRandomness _randomness = new(5);
    private readonly List<RecorderService> _services = [];
    private readonly List<SentPacket> _speech;

    public RecorderFixture(double seconds = 5)
    {
        using var encoder = new OpusEncoder();
        _speech = [.. new SimulatedTeacher(encoder).Speak(0, seconds, Tones.At)];
    }

    public string Directory => _directory.FullName;

    public string Spool { get; private set; } = "";

    public MemoryStore Store { get; } = new();

    public DateTimeOffset Now => _clock.WallTime;

    public static async Task<List<RecordingEvent>> ReadAsync(RecorderService service, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        List<RecordingEvent> events = [];
        while (events.Count < count)
            events.Add(await service.Events.ReadAsync(patience.Token));
        return events;
    }

    /// <param name="store">In place of <see cref="Store"/>.</param>
    /// <param name="adjust">Changes the settings.</param>
    /// <param name="settles">Whether a recording stays in the spool until it is settled.</param>
    public async Task<RecorderService> StartAsync(string spool = "spool", IObjectStore? store = null, Func<RecordingOptions, RecordingOptions>? adjust = null, ILoggerFactory? logs = null, bool settles = false)
    {
        Spool = Path.Combine(Directory, spool);
        ObjectKeyTemplate.TryParse(ObjectKeyTemplate.Default, out ObjectKeyTemplate? keys, out _).ShouldBeTrue();
        var clock = new RecorderClock(TimeProvider.System, () => _clock.Now, instant => _origin.WallTime + (instant - _origin.Now));
        var options = new RecordingOptions { Spool = Spool, MinFreeBytes = 0, Workers = 2 };
        options = adjust?.Invoke(options) ?? options;
        options.Problems().ShouldBeEmpty();
        var service = new RecorderService(options, keys!, store ?? Store, _randomness, clock, logs ?? NullLoggerFactory.Instance, settles);
        _services.Add(service);
        await service.StartAsync(default);
        return service;
    }

    public static async Task StopAsync(RecorderService service)
    {
        using var patience = new CancellationTokenSource(Patience);
        await service.StopAsync(patience.Token);
        patience.IsCancellationRequested.ShouldBeFalse();
        await service.DisposeAsync();
    }

    /// <summary>What another machine has recorded of the lesson before: number 1, for s-1. Returns its MP3.</summary>
    public async Task<byte[]> RecordOlderAsync()
    {
        RecorderService older = await StartAsync();
        Record(older, "s-1", 0, 50);
        await ReadAsync(older, 3);
        await StopAsync(older);
        return Store.Objects.Single(pair => pair.Key.EndsWith("/0001-s-1.mp3", StringComparison.Ordinal)).Value;
    }

    /// <summary>What is wrong with the store's objects.</summary>
    public async Task<IReadOnlyList<string>> VerifyAsync() => (await new LessonVerifier(Store).VerifyAsync("lessons/", default)).Problems;

    public RecordingHandle Begin(RecorderService service, string student)
    {
        RecordingHandle handle = service.Begin(new RecordingRequest(Lesson, "t-1", student, _clock.WallTime))!;
        handle.Announce();
        return handle;
    }

    /// <summary>Records the packets from <paramref name="from"/> to before <paramref name="to"/>, 20 ms each.</summary>
    public void Record(RecorderService service, string student, int from, int to)
    {
        RecordingHandle handle = Begin(service, student);
        handle.Sink.Open(Position(from));
        Send(handle.Sink, from, to);
        handle.Sink.Close(Position(to));
    }

    public void Send(IRtpSink sink, int from, int to) => Send([sink], from, to);

    /// <summary>The same to several; returns the bytes that their journals grow by, each.</summary>
    public long Send(IReadOnlyList<IRtpSink> sinks, int from, int to)
    {
        long bytes = 0;
        for (int i = from; i < to; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            byte[] datagram = _speech[i].ToDatagram();
            RtpPacket.TryParse(datagram, out RtpPacket packet).ShouldBeTrue();
            foreach (IRtpSink sink in sinks)
                sink.Write(packet, _clock.Now);
            bytes += RtpDump.RecordHeaderLength + datagram.Length;
        }

        return bytes;
    }

    /// <summary>Nobody listens, and the teacher goes on.</summary>
    public void Skip(int from, int to) => _clock.Advance(TimeSpan.FromMilliseconds(20 * (to - from)));

    public StreamPosition Position(int packet) => new(_clock.Now, _speech[packet].Ssrc, _speech[packet].Timestamp, true);

    public async ValueTask DisposeAsync()
    {
        foreach (RecorderService service in _services)
            await service.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
