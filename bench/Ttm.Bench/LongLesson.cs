using System.Diagnostics;
using System.Globalization;
using Ttm.Recorder.Journal;
using Ttm.Recorder.Recordings;
using Ttm.Rtc.Rtp;

namespace Ttm.Bench;

/// <summary>
/// One lesson of many hours through the real recorder, codecs, disk and store, as fast as they take it: whether memory stays where it is, and the
/// duration exact. The teacher speaks nine minutes of ten; the tenth is a mute without packets. One packet in a hundred is lost.
/// </summary>
internal sealed class LongLesson(BenchRecorder recorder)
{
    private const int StepSeconds = 20;

    private readonly List<byte[]> _packets = SyntheticSpeech.Packets(StepSeconds);
    private readonly byte[] _buffer = new byte[1500];

    public static async Task RunAsync(int hours)
    {
        await using var recorder = await BenchRecorder.StartAsync();
        await new LongLesson(recorder).TeachAsync(hours);
    }

    private async Task TeachAsync(int hours)
    {
        var watch = Stopwatch.StartNew();
        var begin = recorder.Now;
        var handle = recorder.Begin("lesson");
        Console.WriteLine("| hours | resident | of it memory of its own | allocated by then |");
        Console.WriteLine("| ---: | ---: | ---: | ---: |");
        double most = 0;
        double least = double.MaxValue;
        for (int second = 0; second < hours * 3600; second += StepSeconds)
        {
            await FeedAsync(handle, second);
            if ((second + StepSeconds) % 900 != 0)
                continue;
            double resident = BenchRecorder.Resident();
            (most, least) = (Math.Max(most, resident), Math.Min(least, resident));
            if ((second + StepSeconds) % 3600 == 0 || second < 900)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {(second + StepSeconds) / 3600.0:0.##} | {resident:F2} MiB | {BenchRecorder.Resident("RssAnon:"):F2} MiB | {BenchRecorder.Allocated:F1} MiB |"));
        }

        handle.Sink.Close(new StreamPosition(recorder.Now, 1, (uint)((recorder.Now - begin).Ticks * 48 / 10_000), true));
        while (recorder.Service.Find(handle.Id) is not { Status: RecordingStatus.Stored })
            await Task.Delay(100);
        Recording recording = recorder.Service.Find(handle.Id)!;
        double wall = (recorder.Now - begin).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"wall time {wall:F3} s, duration {recording.Duration:F3} s, {recording.Bytes} bytes, {recording.Quality}; resident from a quarter of an hour on: {least:F2} to {most:F2} MiB; played in {watch.Elapsed.TotalSeconds:F0} s, {wall / watch.Elapsed.TotalSeconds:F0} times real time; CPU {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:F0} s"));
    }

    /// <summary>A step's packets and a step of the clock, then time for the writer to take them and the transcoder to follow.</summary>
    private async Task FeedAsync(RecordingHandle handle, int second)
    {
        bool mute = second / 60 % 10 == 9;
        for (int index = 0; index < StepSeconds * 50; index++)
        {
            recorder.Now += TimeSpan.FromMilliseconds(20);
            int number = (second * 50) + index;
            if (mute || number % 100 == 57)
                continue;
            byte[] original = _packets[index % _packets.Count];
            int muted = (second / 600 * 3000) + (mute ? second % 60 * 50 : 0);
            int header = RtpPacket.WriteHeader(_buffer, false, 111, (ushort)(number - muted), (uint)(number * OpusPayload.UsualSamples), 1);
            original.AsSpan(RtpPacket.FixedHeaderLength).CopyTo(_buffer.AsSpan(header));
            _ = RtpPacket.TryParse(_buffer.AsSpan(0, header + original.Length - RtpPacket.FixedHeaderLength), out var packet);
            handle.Sink.Write(packet, recorder.Now);
        }

        // The writer comes eight times a second; a worker needs 130 ms for twenty seconds of sound.
        do
            await Task.Delay(200);
        while (((RecordingSink)handle.Sink).Ring.Peek(out _, out _) > 0);
    }
}
