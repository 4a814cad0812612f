using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Net;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Bench;

/// <summary>
/// Resident memory of recordings that run, through the real recorder with a spool and a store on disk: at several numbers of lessons, and while a
/// lesson goes on for an hour of its own time, fed as fast as the disk takes it. The packets are encoded before, and are in no figure.
/// </summary>
internal sealed class RecorderMemory : IAsyncDisposable
{
    private const int SpeechSeconds = 10;
    private const int StepSeconds = 10;
    private const double Mebi = 1024 * 1024;

    // The journal writer empties the rings eight times a second.
    private static readonly TimeSpan Drained = TimeSpan.FromMilliseconds(210);

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-bench-").FullName;
    private readonly List<byte[]> _packets = SyntheticSpeech.Packets(SpeechSeconds);
    private readonly byte[] _buffer = new byte[1500];
    private readonly RecorderService _recorder;
    private Instant _now = new(TimeSpan.TicksPerDay);
    private int _lessons;

    private RecorderMemory()
    {
        var storage = new StorageOptions { FileSystem = new FileSystemStorageOptions { Root = Path.Combine(_directory, "store") } };
        _ = ObjectKeyTemplate.TryParse(storage.KeyTemplate, out var keys, out _);
        _recorder = new RecorderService(
            new RecordingOptions { Spool = Path.Combine(_directory, "spool") },
            keys!,
            ObjectStoreFactory.Create(storage, TimeProvider.System, NullLoggerFactory.Instance),
            SystemRandomness.Instance,
            new RecorderClock(TimeProvider.System, () => _now, instant => DateTimeOffset.UnixEpoch.AddTicks(instant.Ticks)),
            NullLoggerFactory.Instance);
    }

    public static async Task RunAsync()
    {
        await using var memory = new RecorderMemory();
        await memory._recorder.StartAsync(CancellationToken.None);
        await memory.LessonsAsync();
        await memory.HourAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _recorder.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task LessonsAsync()
    {
        // What the first lesson costs, code and pools, is no lesson's own.
        await RecordAsync(4);
        double empty = Resident();
        Console.WriteLine("| lessons being recorded | resident, over the idle recorder | per lesson |");
        Console.WriteLine("| ---: | ---: | ---: |");
        foreach (int count in (int[])[50, 150])
        {
            var handles = await RecordAsync(count, stop: false);
            double resident = Resident() - empty;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {count} | {resident:F1} MiB | {resident / count:F2} MiB |"));
            await StopAsync(handles);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| 0, after these | {Resident() - empty:F1} MiB | |"));
        Console.WriteLine();
    }

    private async Task HourAsync()
    {
        const int Minutes = 60;
        const int Lessons = 2;
        Console.WriteLine($"| minutes of {Lessons} lessons | resident | allocated by then |");
        Console.WriteLine("| ---: | ---: | ---: |");
        var handles = Begin(Lessons);
        int samples = 0;
        for (int second = 0; second < Minutes * 60; second += StepSeconds)
        {
            await FeedAsync(handles, second);
            if ((second + StepSeconds) % 600 == 0 || ++samples == 6)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {(second + StepSeconds) / 60} | {Resident():F1} MiB | {GC.GetTotalAllocatedBytes() / Mebi:F0} MiB |"));
        }

        await StopAsync(handles);
        var made = _recorder.List("lesson-0").Concat(handles.Select(handle => _recorder.Find(handle.Id)!)).ToList();
        Console.WriteLine($"durations: {string.Join(", ", made.TakeLast(Lessons).Select(recording => recording.Duration?.ToString("F3", CultureInfo.InvariantCulture)))} s");
    }

    private async Task<List<RecordingHandle>> RecordAsync(int count, bool stop = true)
    {
        var handles = Begin(count);
        await FeedAsync(handles, 0);
        await WaitAsync(() => Lag() < TimeSpan.FromSeconds(5));
        if (stop)
            await StopAsync(handles);
        return handles;
    }

    private List<RecordingHandle> Begin(int count)
    {
        List<RecordingHandle> handles = [];
        for (int index = 0; index < count; index++)
        {
            var handle = _recorder.Begin(new RecordingRequest($"lesson-{_lessons++}", "teacher", "student", DateTimeOffset.UnixEpoch))!;
            handle.Sink.Open(new StreamPosition(_now, 1, 0, true));
            handles.Add(handle);
        }

        return handles;
    }

    /// <summary>A step's packets for all, a step of the clock, and time for the journal writer.</summary>
    private async Task FeedAsync(List<RecordingHandle> handles, int second)
    {
        for (int index = 0; index < StepSeconds * 50; index++)
        {
            _now += TimeSpan.FromMilliseconds(20);
            byte[] original = _packets[index % _packets.Count];
            int number = (second * 50) + index;
            int header = RtpPacket.WriteHeader(_buffer, false, 111, (ushort)number, (uint)(number * OpusPayload.UsualSamples), 1);
            original.AsSpan(RtpPacket.FixedHeaderLength).CopyTo(_buffer.AsSpan(header));
            _ = RtpPacket.TryParse(_buffer.AsSpan(0, header + original.Length - RtpPacket.FixedHeaderLength), out var packet);
            foreach (var handle in handles)
                handle.Sink.Write(packet, _now);
        }

        await Task.Delay(Drained);
    }

    private async Task StopAsync(List<RecordingHandle> handles)
    {
        foreach (var handle in handles)
            handle.Sink.Close(new StreamPosition(_now, 1, (uint)(StepSeconds * 48_000), false));
        await WaitAsync(() => handles.All(handle => _recorder.Find(handle.Id) is { Status: RecordingStatus.Stored }));
    }

    /// <summary>How much of what was fed is not encoded yet: by the size of the MP3s under way.</summary>
    private TimeSpan Lag()
    {
        long parts = Directory.EnumerateFiles(Path.Combine(_directory, "spool"), "*.part").Count();
        long journals = Directory.EnumerateFiles(Path.Combine(_directory, "spool"), "*.rtpdump").Count();
        return parts == journals ? TimeSpan.Zero : TimeSpan.MaxValue;
    }

    private static async Task WaitAsync(Func<bool> done)
    {
        for (int turn = 0; turn < 600 && !done(); turn++)
            await Task.Delay(100);
        await Task.Delay(1000);
    }

    private static double Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line[6..^2].Trim(), CultureInfo.InvariantCulture) * 1024 / Mebi;
    }
}
