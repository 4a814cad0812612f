using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Net;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Bench;

/// <summary>The real recorder with a spool and a store on disk, on a clock that the bench moves; and what the process holds of memory.</summary>
internal sealed class BenchRecorder : IAsyncDisposable
{
    private const double Mebi = 1024 * 1024;

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-bench-").FullName;

    private BenchRecorder()
    {
        var storage = new StorageOptions { FileSystem = new FileSystemStorageOptions { Root = Path.Combine(_directory, "store") } };
        _ = ObjectKeyTemplate.TryParse(storage.KeyTemplate, out var keys, out _);
        Service = new RecorderService(
            new RecordingOptions { Spool = Spool },
            keys!,
            ObjectStoreFactory.Create(storage, TimeProvider.System, NullLoggerFactory.Instance),
            SystemRandomness.Instance,
            new RecorderClock(TimeProvider.System, () => Now, instant => DateTimeOffset.UnixEpoch.AddTicks(instant.Ticks)),
            NullLoggerFactory.Instance);
    }

    public RecorderService Service { get; }

    public string Spool => Path.Combine(_directory, "spool");

    public Instant Now { get; set; } = new(TimeSpan.TicksPerDay);

    /// <summary>What the process has allocated so far, MiB.</summary>
    public static double Allocated => GC.GetTotalAllocatedBytes() / Mebi;

    public static async Task<BenchRecorder> StartAsync()
    {
        var recorder = new BenchRecorder();
        await recorder.Service.StartAsync(CancellationToken.None);
        return recorder;
    }

    /// <summary>Resident memory of the process or a part of it, MiB, once all garbage is gone.</summary>
    public static double Resident(string field = "VmRSS:")
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[field.Length..^2].Trim(), CultureInfo.InvariantCulture) * 1024 / Mebi;
    }

    public RecordingHandle Begin(string lesson)
    {
        var handle = Service.Begin(new RecordingRequest(lesson, "teacher", "student", DateTimeOffset.UnixEpoch))!;
        handle.Sink.Open(new StreamPosition(Now, 1, 0, true));
        return handle;
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
