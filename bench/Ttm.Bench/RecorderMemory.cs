using System.Globalization;
using Ttm.Recorder.Recordings;
using Ttm.Rtc.Rtp;

namespace Ttm.Bench;

/// <summary>
/// Resident memory of recordings that run, through the real recorder with a spool and a store on disk: at several numbers of lessons, and while a
/// lesson goes on for an hour of its own time, fed as fast as the disk takes it. The packets are encoded before, and are in no figure.
/// </summary>
internal sealed class RecorderMemory(BenchRecorder recorder)
{
    private const int SpeechSeconds = 10;
    private const int StepSeconds = 10;

    // The journal writer empties the rings eight times a second.
    private static readonly TimeSpan Drained = TimeSpan.FromMilliseconds(210);

    private readonly List<byte[]> _packets = SyntheticSpeech.Packets(SpeechSeconds);
    private readonly byte[] _buffer = new byte[1500];
    private int _lessons;

    public static async Task RunAsync()
    {
        await using var recorder = await BenchRecorder.StartAsync();
        var memory = new RecorderMemory(recorder);
        await memory.LessonsAsync();
        await memory.HourAsync();
    }

    private async Task LessonsAsync()
    {
        // What the first lesson costs, code and pools, is no lesson's own.
        await RecordAsync(4);
        double empty = BenchRecorder.Resident();
        Console.WriteLine("| lessons being recorded | resident, over the idle recorder | per lesson |");
        Console.WriteLine("| ---: | ---: | ---: |");
        foreach (int count in (int[])[50, 150])
        {
            var handles = await RecordAsync(count, stop: false);
            double resident = BenchRecorder.Resident() - empty;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {count} | {resident:F1} MiB | {resident / count:F2} MiB |"));
            await StopAsync(handles);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| 0, after these | {BenchRecorder.Resident() - empty:F1} MiB | |"));
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
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {(second + StepSeconds) / 60} | {BenchRecorder.Resident():F1} MiB | {BenchRecorder.Allocated:F0} MiB |"));
        }

        await StopAsync(handles);
        var made = recorder.Service.List("lesson-0").Concat(handles.Select(handle => recorder.Service.Find(handle.Id)!)).ToList();
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
            handles.Add(recorder.Begin($"lesson-{_lessons++}"));
        return handles;
    }

    /// <summary>A step's packets for all, a step of the clock, and time for the journal writer.</summary>
    private async Task FeedAsync(List<RecordingHandle> handles, int second)
    {
        for (int index = 0; index < StepSeconds * 50; index++)
        {
            recorder.Now += TimeSpan.FromMilliseconds(20);
            byte[] original = _packets[index % _packets.Count];
            int number = (second * 50) + index;
            int header = RtpPacket.WriteHeader(_buffer, false, 111, (ushort)number, (uint)(number * OpusPayload.UsualSamples), 1);
            original.AsSpan(RtpPacket.FixedHeaderLength).CopyTo(_buffer.AsSpan(header));
            _ = RtpPacket.TryParse(_buffer.AsSpan(0, header + original.Length - RtpPacket.FixedHeaderLength), out var packet);
            foreach (var handle in handles)
                handle.Sink.Write(packet, recorder.Now);
        }

        await Task.Delay(Drained);
    }

    private async Task StopAsync(List<RecordingHandle> handles)
    {
        foreach (var handle in handles)
            handle.Sink.Close(new StreamPosition(recorder.Now, 1, (uint)(StepSeconds * 48_000), false));
        await WaitAsync(() => handles.All(handle => recorder.Service.Find(handle.Id) is { Status: RecordingStatus.Stored }));
    }

    /// <summary>How much of what was fed is not encoded yet: by the size of the MP3s under way.</summary>
    private TimeSpan Lag()
    {
        long parts = Directory.EnumerateFiles(recorder.Spool, "*.part").Count();
        long journals = Directory.EnumerateFiles(recorder.Spool, "*.rtpdump").Count();
        return parts == journals ? TimeSpan.Zero : TimeSpan.MaxValue;
    }

    private static async Task WaitAsync(Func<bool> done)
    {
        for (int turn = 0; turn < 600 && !done(); turn++)
            await Task.Delay(100);
        await Task.Delay(1000);
    }
}
